package io.twinport.dataplane.loop;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.twinport.dataplane.line.StressLines;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.UnsafeApi;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** U6: who sees a pass finished after a command sees all that the loop did to the device in it. */
@JCStressTest
@Outcome(
        id = {"0, 0", "0, 1"},
        expect = ACCEPTABLE,
        desc = "not finished: the device must not be touched")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "finished, and the loop's last use of the device is seen")
@State
public class EpochStressTest {
    private static final Epoch[] EPOCHS = new Epoch[1 << 14];
    private static final AtomicInteger NEXT = new AtomicInteger();

    static {
        for (int i = 0; i < EPOCHS.length; i++) {
            EPOCHS[i] = new Epoch();
        }
    }

    private final Epoch epoch = EPOCHS[NEXT.getAndIncrement() & EPOCHS.length - 1];
    private final long command = epoch.passes() + 1;
    private final long device = StressLines.take();

    @Actor
    public void loop() {
        UnsafeApi.putInt(device, 1);
        epoch.executed(command);
        epoch.pass();
    }

    @Actor
    public void control(II_Result result) {
        boolean finished = epoch.passes() >= command;
        result.r2 = UnsafeApi.getInt(device);
        result.r1 = finished ? 1 : 0;
    }
}
