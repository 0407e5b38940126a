package io.twinport.dataplane.cnc;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Commands of two threads come out whole and in the order of their ids: who waits for the later one has both. */
@JCStressTest
@Outcome(id = "2, 1", expect = ACCEPTABLE, desc = "both, in order")
@State
public class CommandLayoutStressTest {
    private static final int BYTES = 256 + RingBufferDescriptor.TRAILER_LENGTH;
    private static final UnsafeBuffer[] BUFFERS = new UnsafeBuffer[1 << 14];
    private static final AtomicInteger NEXT = new AtomicInteger();

    static {
        for (int i = 0; i < BUFFERS.length; i++) {
            BUFFERS[i] = new UnsafeBuffer(ByteBuffer.allocateDirect(BYTES));
        }
    }

    private final ManyToOneRingBuffer ring = ring();

    private static ManyToOneRingBuffer ring() {
        UnsafeBuffer buffer = BUFFERS[NEXT.getAndIncrement() & BUFFERS.length - 1];
        buffer.setMemory(0, buffer.capacity(), (byte) 0);
        return new ManyToOneRingBuffer(buffer);
    }

    @Actor
    public void control() {
        CommandLayout.send(ring, CommandLayout.JOIN, 1, 1, 1);
    }

    @Actor
    public void otherControl() {
        CommandLayout.send(ring, CommandLayout.LEAVE, 2, 2, 2);
    }

    @Arbiter
    public void loop(II_Result result) {
        long[] last = new long[1];
        result.r2 = 1;
        result.r1 = ring.read((type, buffer, index, length) -> {
            boolean whole = CommandLayout.queue(buffer, index) == type
                    && CommandLayout.argument(buffer, index) == type
                    && CommandLayout.value(buffer, index) == type;
            if (!whole || CommandLayout.id(buffer, index) <= last[0]) {
                result.r2 = 0;
            }
            last[0] = CommandLayout.id(buffer, index);
        });
    }
}
