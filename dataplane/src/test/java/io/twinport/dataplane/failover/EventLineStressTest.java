package io.twinport.dataplane.failover;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import io.twinport.dataplane.line.StressLines;
import io.twinport.dpdk.EventLine;
import org.agrona.UnsafeApi;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** U1: who sees an edge sees what the driver had written before it, and the instant of the event. */
@JCStressTest
@Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "no edge yet")
@Outcome(id = "1, 1, 7", expect = ACCEPTABLE, desc = "the edge, the link word and the instant")
@State
public class EventLineStressTest {
    private static final int LINK_WORD = 64;

    private final long line = StressLines.take();

    @Actor
    public void interrupt() {
        UnsafeApi.putInt(line + LINK_WORD, 1);
        EventLine.edge(line, 7);
    }

    @Actor
    public void loop(III_Result result) {
        if (EventLine.edges(line) != 0) {
            result.r1 = 1;
            result.r2 = UnsafeApi.getInt(line + LINK_WORD);
            result.r3 = (int) EventLine.takeEventNanos(line);
        }
    }
}
