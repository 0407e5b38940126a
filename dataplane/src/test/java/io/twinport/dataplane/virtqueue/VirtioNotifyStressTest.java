package io.twinport.dataplane.virtqueue;

import static io.twinport.dataplane.virtqueue.QueueLayout.*;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.twinport.dataplane.line.StressLines;
import org.agrona.UnsafeApi;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** 2.7.10: a device that goes to sleep is woken for what it has not seen. */
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "it was woken")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "it saw the frames before it slept")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both")
@Outcome(id = "0, 0", expect = FORBIDDEN, desc = "it sleeps, and the frames lie there")
@State
public class VirtioNotifyStressTest {
    private static final int LINE = 64;

    private final long queue = StressLines.take();
    private final long available = queue + LINE;
    private final long used = StressLines.take();
    private final long notify = used + LINE;

    public VirtioNotifyStressTest() {
        UnsafeApi.putLong(queue + AVAILABLE, available);
        UnsafeApi.putLong(queue + USED, used);
        UnsafeApi.putLong(queue + NOTIFY, notify);
        UnsafeApi.putInt(queue + INDEX, 1);
        UnsafeApi.putShort(used + RING_FLAGS, NO_NOTIFY);
    }

    @Actor
    public void driver() {
        VirtioNotify.publish(queue, 1);
    }

    @Actor
    public void device(II_Result result) {
        UnsafeApi.putShort(used + RING_FLAGS, (short) 0);
        UnsafeApi.fullFence();
        result.r2 = UnsafeApi.getShort(available + RING_IDX);
    }

    @Arbiter
    public void wakeUp(II_Result result) {
        result.r1 = UnsafeApi.getShort(notify);
    }
}
