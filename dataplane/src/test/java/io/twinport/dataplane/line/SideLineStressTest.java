package io.twinport.dataplane.line;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.twinport.dpdk.DpdkLibraries;
import org.agrona.UnsafeApi;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Who sees a reported link up sees what the control thread had prepared before it reported. */
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "down yet")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "up, and prepared")
@State
public class SideLineStressTest {
    static {
        DpdkLibraries.load(); // a line without a device has a function of DPDK's
    }

    private final long line = StressLines.take();
    private final long device = StressLines.take();

    public SideLineStressTest() {
        SideLine.reportLink(line, false);
    }

    @Actor
    public void control() {
        UnsafeApi.putInt(device, 1);
        SideLine.reportLink(line, true);
    }

    @Actor
    public void loop(II_Result result) {
        if (SideLine.isLinkUp(line, 0)) {
            result.r1 = 1;
            result.r2 = UnsafeApi.getInt(device);
        }
    }
}
