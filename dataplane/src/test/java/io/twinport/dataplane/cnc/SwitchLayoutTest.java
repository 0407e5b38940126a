package io.twinport.dataplane.cnc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class SwitchLayoutTest {
    private static final int BEFORE = 16;

    @Test
    void shouldBeReadAsItWasWritten() {
        for (long sequence = 1; sequence < 20; sequence++) {
            UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(BEFORE + SwitchLayout.LENGTH));
            SwitchRecord record = SwitchRecords.complete((int) sequence, sequence << 40);
            SwitchLayout.write(buffer, BEFORE, record);
            assertEquals(record, SwitchLayout.read(buffer, BEFORE));
            assertEquals(0, buffer.getLong(0), "nothing is written beside it");
            assertEquals(0, buffer.getLong(Long.BYTES));
        }
    }

    @Test
    void shouldFitIntoASlot() {
        assertTrue(SwitchLog.RECORD + SwitchLayout.LENGTH <= SwitchLog.SLOT);
    }
}
