package io.twinport.dataplane.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.policy.StandbyHealth.Report;
import io.twinport.dataplane.policy.StandbyHealth.Sight;
import io.twinport.dataplane.policy.StandbyHealth.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** U9: what is known of a standby before it is needed. */
class StandbyHealthTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final StandbyHealth health = new StandbyHealth(false);
    private long now = -5 * SECOND;
    private boolean here = true;
    private boolean up = true;
    private boolean transmits;
    private long frames = 100;
    private long own = 10;
    private long received = 1000;
    private long broadcasts = 7;

    @Test
    void shouldNotTrustStandbyThatNothingComesBy() {
        assertEquals(Verdict.UNPROVEN, look().verdict(), "what was counted before it is no proof");
        now += 3600 * SECOND;
        assertEquals(Verdict.UNPROVEN, look().verdict());
    }

    @Test
    void shouldTrustStandbyThatHasReceivedFrameForMinute() {
        look();
        now += SECOND;
        long heard = now;
        frames++;
        Report report = look();
        assertEquals(Verdict.HEALTHY, report.verdict());
        assertEquals(heard, report.nanos(), "the instant of the evidence");
        now = heard + StandbyHealth.PROOF_NANOS;
        assertEquals(Verdict.HEALTHY, look().verdict());
        now++;
        assertEquals(Verdict.UNPROVEN, look().verdict());
    }

    /** The best proof: it names the broadcast, not the frame. */
    @Test
    void shouldNameOwnBroadcastAsEvidence() {
        look();
        frames++;
        own++;
        assertEquals("it has received a broadcast sent by the primary", look().evidence());
    }

    @Test
    void shouldTakeStandbyForDeadThatMissesBroadcastsItUsedToReceive() {
        proveByBroadcast();
        broadcasts += StandbyHealth.MISSED - 1;
        now += 10 * SECOND;
        assertEquals(Verdict.HEALTHY, look().verdict(), "one or two may be lost");
        broadcasts++;
        assertEquals(Verdict.HEALTHY, look().verdict(), "it is on its way");
        now += StandbyHealth.ARRIVAL_NANOS;
        assertEquals(Verdict.DEAD, look().verdict());
        frames++;
        assertEquals(Verdict.HEALTHY, look().verdict(), "any frame brings it back to life");
    }

    /** One that is still under way must not put off what the others prove. */
    @Test
    void shouldTakeStandbyForDeadWhileBroadcastsGoOn() {
        proveByBroadcast();
        for (int i = 0; i < StandbyHealth.MISSED; i++) {
            now += StandbyHealth.ARRIVAL_NANOS - 1;
            broadcasts++;
            assertEquals(Verdict.HEALTHY, look().verdict());
        }
        now += StandbyHealth.ARRIVAL_NANOS;
        broadcasts++;
        assertEquals(Verdict.DEAD, look().verdict());
    }

    /** A network that never brings broadcasts back says nothing of the standby. */
    @Test
    void shouldNotTakeStandbyForDeadThatNeverReceivedBroadcast() {
        look();
        frames++;
        look();
        broadcasts += 10;
        now += 10 * SECOND;
        assertEquals(Verdict.HEALTHY, look().verdict());
        now += StandbyHealth.PROOF_NANOS;
        assertEquals(Verdict.UNPROVEN, look().verdict());
    }

    @Test
    void shouldTakeLinkThatIsDownForDeadUnlessItIsExpected() {
        up = false;
        assertEquals(new Report(Verdict.DEAD, "its link is down", now), look());
        here = false;
        assertEquals(new Report(Verdict.DEAD, "it is not there", now), look());
        StandbyHealth lenient = new StandbyHealth(true);
        assertEquals(Verdict.EXPECTED_DOWN, lenient.observe(sight(), now).verdict());
        here = true;
        assertEquals(Verdict.EXPECTED_DOWN, lenient.observe(sight(), now).verdict());
        up = true;
        assertEquals(Verdict.UNPROVEN, lenient.observe(sight(), now).verdict());
    }

    /** What was proven over another link says nothing of this one. */
    @Test
    void shouldNeedNewProofAfterLinkWasAway() {
        proveByBroadcast();
        up = false;
        look();
        up = true;
        assertEquals(Verdict.UNPROVEN, look().verdict());
    }

    @Test
    void shouldJudgeStandbyThatTransmitsByWhatThePortReceives() {
        look();
        transmits = true;
        assertEquals(Verdict.UNPROVEN, look().verdict());
        received++;
        assertEquals(Verdict.HEALTHY, look().verdict());
        broadcasts += 100;
        now += 10 * SECOND;
        assertEquals(Verdict.HEALTHY, look().verdict(), "what it sends itself does not come back by it");
        transmits = false;
        assertEquals(Verdict.HEALTHY, look().verdict());
        received++;
        now += StandbyHealth.PROOF_NANOS;
        assertEquals(Verdict.UNPROVEN, look().verdict(), "what the primary receives is no proof of it");
    }

    private void proveByBroadcast() {
        look();
        broadcasts++;
        frames++;
        own++;
        assertEquals(Verdict.HEALTHY, look().verdict());
    }

    private Sight sight() {
        return new Sight(here, up, transmits, frames, own, received, broadcasts);
    }

    private Report look() {
        return health.observe(sight(), now);
    }

    /** Numbers in the file and in metrics, words in what is shown. */
    @Test
    void shouldHaveANumberAndAWordForEachVerdict() {
        assertEquals(
                List.of("0 healthy", "1 unproven", "2 expected-down", "3 dead"),
                Arrays.stream(StandbyHealth.Verdict.values())
                        .map(verdict -> verdict.code() + " " + verdict)
                        .toList());
    }
}
