package io.twinport.dataplane.failover;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.twinport.dataplane.line.StressLines;
import io.twinport.dpdk.EventLine;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two event threads at once: no edge is lost, and one instant is kept. */
@JCStressTest
@Outcome(
        id = {"2, 5", "2, 6"},
        expect = ACCEPTABLE,
        desc = "both edges, the instant of one")
@State
public class EdgesStressTest {
    private final long line = StressLines.take();

    @Actor
    public void interrupt() {
        EventLine.edge(line, 5);
    }

    @Actor
    public void otherInterrupt() {
        EventLine.edge(line, 6);
    }

    @Arbiter
    public void loop(II_Result result) {
        result.r1 = (int) EventLine.edges(line);
        result.r2 = (int) EventLine.takeEventNanos(line);
    }
}
