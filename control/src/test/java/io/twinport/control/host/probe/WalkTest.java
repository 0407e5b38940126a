package io.twinport.control.host.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.control.host.NicId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** By the table of an igb. */
class WalkTest {
    private static List<Verdict> verdicts(Holder holder) {
        return IgbTable.walk(holder).transitions().stream()
                .map(Transition::verdict)
                .toList();
    }

    @Test
    void shouldFindThatAnIgbStealsEarlyFromABridge() {
        Walk walk = IgbTable.walk(Holder.BRIDGE);
        assertEquals(Verdict.EARLY_STEAL, walk.verdict());
        assertEquals(
                List.of(
                        Verdict.UNMOVED, // made
                        Verdict.EARLY_STEAL, // address set
                        Verdict.NOWHERE, // bound to vfio-pci
                        Verdict.NOWHERE, // its driver bound
                        Verdict.RESTORED, // up
                        Verdict.LATE, // down
                        Verdict.RESTORED, // up
                        Verdict.LATE, // unbound
                        Verdict.NOWHERE, // reset
                        Verdict.RESTORED, // address cleared
                        Verdict.UNMOVED),
                verdicts(Holder.BRIDGE));
        assertEquals(6 * 2 * IgbTable.FRAMES, walk.lost());
        assertEquals(0, walk.duplicated());
    }

    @Test
    void shouldFindThatAMacvlanAndAFilterGetEachFrameWhateverTheVfGets() {
        for (Holder holder : List.of(Holder.FILTER, Holder.MACVLAN)) {
            Walk walk = IgbTable.walk(holder);
            assertEquals(Verdict.DUPLICATE, walk.verdict());
            assertEquals(0, walk.lost());
            assertEquals(2 * 2 * IgbTable.FRAMES, walk.duplicated());
            assertEquals(
                    List.of(
                            Verdict.UNMOVED,
                            Verdict.UNMOVED,
                            Verdict.UNMOVED,
                            Verdict.UNMOVED,
                            Verdict.DUPLICATE,
                            Verdict.MAKE_BEFORE_BREAK,
                            Verdict.DUPLICATE,
                            Verdict.MAKE_BEFORE_BREAK,
                            Verdict.UNMOVED,
                            Verdict.UNMOVED,
                            Verdict.UNMOVED),
                    verdicts(holder));
        }
    }

    @Test
    void shouldCountFramesInEachState() {
        Walk walk = IgbTable.walk(Holder.PF);
        for (int row = 0; row < walk.states().size(); row++) {
            Walk.State state = walk.states().get(row);
            assertEquals(IgbTable.FRAMES, state.frames());
            assertEquals(
                    Map.of(Place.PF, IgbTable.standby(Holder.PF, row), Place.VF, IgbTable.vf(row)),
                    state.at(),
                    state.state().toString());
        }
    }

    @Test
    void shouldAdviseTheFilterForAnIgb() {
        NicId igb = new NicId("8086:10c9", "igb", "1.0");
        List<Walk> walks = Stream.of(Holder.values()).map(IgbTable::walk).toList();
        FilterVerdict verdict = FilterVerdict.of(igb, walks, Instant.EPOCH);
        assertEquals(Holder.FILTER, verdict.use());
        assertEquals(true, verdict.duplicates());
        assertEquals(
                Map.of(
                        Holder.BRIDGE, Verdict.EARLY_STEAL,
                        Holder.FILTER, Verdict.DUPLICATE,
                        Holder.MACVLAN, Verdict.DUPLICATE),
                verdict.verdicts());
        FilterVerdict hopeless = FilterVerdict.of(igb, List.of(IgbTable.walk(Holder.BRIDGE)), Instant.EPOCH);
        assertEquals(null, hopeless.use());
    }

    /** Of an igb: its PF has no link for a while. */
    @Test
    void shouldNotBlameTheFilterForWhatMakingVfsCosts() {
        Walk walk = IgbTable.walk(Holder.FILTER, 50);
        assertEquals(2 * 50, walk.lost());
        assertEquals(0, walk.lostWithVf());
        assertEquals(Verdict.DUPLICATE, walk.verdict());
        assertEquals(Verdict.NOWHERE, walk.transitions().getFirst().verdict());
        assertEquals(50, walk.transitions().getFirst().lost());
        NicId igb = new NicId("8086:10c9", "igb", "");
        assertEquals(
                Holder.FILTER,
                FilterVerdict.of(igb, List.of(walk), Instant.EPOCH).use());
    }

    @Test
    void shouldCutTheWalkIntoStretches() {
        assertEquals(
                List.of(
                        Delivery.STANDBY,
                        Delivery.NOBODY,
                        Delivery.VF,
                        Delivery.NOBODY,
                        Delivery.VF,
                        Delivery.NOBODY,
                        Delivery.STANDBY),
                IgbTable.walk(Holder.BRIDGE).stretches().stream()
                        .map(Walk.Stretch::delivery)
                        .toList());
    }
}
