package io.twinport.dataplane.cnc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class InputLogTest {
    private static final int SLOT = 32;
    private static final int SLOTS = 8;

    private final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect((SLOTS + 1) * SLOT));
    private final InputLog log = new InputLog(buffer);
    private final InputLog reader = new InputLog(buffer);

    /** All its fields tell its number, so that a torn one shows. */
    private static PolicyInput numbered(int number) {
        return new PolicyInput(number, number, number, number, number);
    }

    private static List<PolicyInput> numbered(int from, int to) {
        return IntStream.range(from, to).mapToObj(InputLogTest::numbered).toList();
    }

    @Test
    void shouldGiveInputsAsTheyWereAdded() {
        assertEquals(List.of(), reader.inputs());
        numbered(0, 3).forEach(log::add);
        assertEquals(numbered(0, 3), reader.inputs());
    }

    /** All but the one that its writer may be writing over. */
    @Test
    void shouldKeepTheNewest() {
        numbered(0, 3 * SLOTS).forEach(log::add);
        assertEquals(numbered(2 * SLOTS + 1, 3 * SLOTS), reader.inputs());
    }

    @Test
    void shouldNeverGiveTornInputWhileItIsWritten() throws Exception {
        AtomicBoolean end = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 0; !end.get(); i++) {
                log.add(numbered(i));
            }
        });
        long read = 0;
        long deadline = System.nanoTime() + 300_000_000L;
        while (System.nanoTime() < deadline) {
            List<PolicyInput> inputs = reader.inputs();
            for (int i = 0; i < inputs.size(); i++) {
                PolicyInput input = inputs.get(i);
                assertEquals(numbered(input.port()), input, "torn");
                assertEquals(inputs.getFirst().port() + i, input.port(), "in order");
            }
            read += inputs.size();
        }
        end.set(true);
        writer.join();
        assertTrue(read > 0, "nothing was read");
    }
}
