package io.twinport.dataplane.virtqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dpdk.testing.TestEal;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Commands over the wraps of the ring and of its indices. */
@ParameterizedClass(name = "{0}")
@EnumSource(QueueFormat.class)
class VirtioControlDpdkTest {
    private static final int SLOTS = 8;

    private final long notify = Arena.global().allocate(Long.BYTES).address();
    private final QueueFormat format;
    private Virtqueue queue;

    VirtioControlDpdkTest(QueueFormat format) {
        this.format = format;
    }

    @BeforeEach
    void make() {
        TestEal.start();
        queue = format.make(5, SLOTS, false);
        queue.clear();
        queue.start(notify);
    }

    @AfterEach
    void close() {
        queue.close();
    }

    @Test
    void shouldTakeAnAnswerForEachCommand() {
        DeviceEnd end = DeviceEnd.of(queue.address());
        for (int i = 0; i < 70_000; i++) {
            assertEquals(VirtioControl.PENDING, VirtioControl.look(queue.address()));
            VirtioControl.post(queue.address(), 0x1000, 0x2000, i & 1, 0x3000);
            assertEquals(VirtioControl.PENDING, VirtioControl.look(queue.address()));
            assertEquals(1, end.waiting());
            end.use(end.next(), VirtioControl.ANSWER_BYTES);
            end.publish();
            assertEquals(VirtioControl.DONE, VirtioControl.look(queue.address()));
        }
        assertEquals(5, UnsafeApi.getShort(notify));
    }

    /** Without data the answer follows at once: a descriptor of no bytes is none (2.7.5). */
    @Test
    void shouldDescribeNoDataWhereThereAreNone() {
        long first = queue.descriptors();
        VirtioControl.post(queue.address(), 0x1000, 0x2000, 0, 0x3000);
        assertEquals(0x1000, UnsafeApi.getLong(first));
        assertEquals(0x3000, UnsafeApi.getLong(first + 16));
        VirtioControl.post(queue.address(), 0x1000, 0x2000, 3, 0x3000);
        first += format == QueueFormat.SPLIT ? 0 : 32;
        assertEquals(0x2000, UnsafeApi.getLong(first + 16));
        assertEquals(3, UnsafeApi.getInt(first + 24));
        assertEquals(0x3000, UnsafeApi.getLong(first + 32));
    }
}
