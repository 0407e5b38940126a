package io.twinport.dataplane.cnc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A record that is being written over is read as it was, as it is now, or not at all. */
@JCStressTest
@Outcome(
        id = {"0, 1", "1, 1", "2, 1"},
        expect = ACCEPTABLE,
        desc = "the old record, the new one, or none")
@State
public class SwitchLogStressTest {
    private static final int SLOT = 128;
    private static final UnsafeBuffer[] BUFFERS = new UnsafeBuffer[1 << 14];
    private static final AtomicInteger NEXT = new AtomicInteger();

    static {
        for (int i = 0; i < BUFFERS.length; i++) {
            BUFFERS[i] = new UnsafeBuffer(ByteBuffer.allocateDirect(2 * SLOT));
        }
    }

    private final UnsafeBuffer buffer = BUFFERS[NEXT.getAndIncrement() & BUFFERS.length - 1];
    private final SwitchLog log = new SwitchLog(buffer);
    private final SwitchLog reader = new SwitchLog(buffer);

    public SwitchLogStressTest() {
        buffer.setMemory(0, buffer.capacity(), (byte) 0);
        log.add(SwitchRecords.complete(0, 1));
    }

    @Actor
    public void conductor() {
        log.add(SwitchRecords.complete(0, 2));
    }

    @Actor
    public void otherProcess(II_Result result) {
        result.r2 = 1;
        for (SwitchRecord record : reader.records()) {
            result.r1 = (int) record.sequence();
            result.r2 = record.equals(SwitchRecords.complete(0, record.sequence())) ? 1 : 0;
        }
    }
}
