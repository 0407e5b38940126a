package io.twinport.control.host.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.Program;
import io.twinport.posix.PosixException;
import io.twinport.posix.PrivateNamespace;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** The probe's own oracle: NICs that are known. */
class EmulationProbeTest {
    /** {@code -Dprobe.rounds=100} for a whole proof. */
    private static final int ROUNDS = Integer.getInteger("probe.rounds", 2);

    private static final int FRAMES = 50;
    private static final int RATE = 5000;
    private static final int SECONDS = 120;

    @BeforeAll
    static void mayMakeNamespaces() {
        try (PrivateNamespace namespace = new PrivateNamespace()) {
            assertTrue(namespace.path().isAbsolute());
        } catch (PosixException e) {
            throw new TestAbortedException("it takes root and network namespaces: " + e.getMessage(), e);
        }
    }

    private static EmulationProbe.Result probe(Emulation emulation, Holder holder) {
        return EmulationProbe.run(emulation, holder, FRAMES, RATE, () -> false);
    }

    @Test
    void shouldJudgeEachEmulatedNicRight() {
        List<String> wrong = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (Emulation emulation : Emulation.values()) {
                EmulationProbe.Result result = probe(emulation, Holder.BRIDGE);
                if (!result.isRight()) {
                    wrong.add(result.toString());
                }
            }
        }
        System.out.println((ROUNDS * Emulation.values().length - wrong.size()) + " of "
                + ROUNDS * Emulation.values().length + " emulated NICs judged right");
        assertEquals(List.of(), wrong);
    }

    /** As many threads as would take all CPUs several times over. */
    @Test
    void shouldJudgeRightBesideLoad() {
        List<Program> load = new ArrayList<>();
        try {
            for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
                load.add(Program.start("sh", "-c", "while :; do :; done"));
            }
            for (Emulation emulation : Emulation.values()) {
                EmulationProbe.Result result = probe(emulation, Holder.BRIDGE);
                assertTrue(result.isRight(), result::toString);
            }
        } finally {
            load.forEach(Program::close);
        }
    }

    @Test
    void shouldFindThatTheOtherWaysLoseNothing() {
        for (Emulation emulation : Emulation.values()) {
            for (Holder holder : List.of(Holder.FILTER, Holder.MACVLAN)) {
                EmulationProbe.Result result = probe(emulation, holder);
                assertTrue(result.isRight(), result::toString);
                assertEquals(0, result.walk().lost(), result::toString);
            }
        }
    }

    @Test
    void shouldCountEachFrameOfAState() {
        Walk walk = probe(Emulation.EARLY, Holder.BRIDGE).walk();
        for (Walk.State state : walk.states()) {
            boolean isStolen = switch (state.state()) {
                case ADDRESSED, BOUND, UP, DOWN -> true;
                default -> false;
            };
            int tap = isStolen ? 0 : FRAMES;
            assertEquals(FRAMES, state.frames());
            assertEquals(tap, state.at().get(Place.TAP), walk::toString);
            assertEquals(tap, state.at().get(Place.PF), walk::toString);
            assertEquals(0, state.at().get(Place.BRIDGE), walk::toString);
            assertEquals(0, state.at().get(Place.PEER), walk::toString);
            assertEquals(
                    state.state() == VfState.UP ? FRAMES : 0, state.at().getOrDefault(Place.VF, 0), walk::toString);
        }
        assertEquals(0, walk.again());
    }

    @Test
    void shouldLeaveNothingBehindWhenInterrupted() {
        String before = interfaces();
        try (Program probe = Program.twinport("probe", "mac-filter", "--emulate", "--rounds", "1000")) {
            // It has a namespace of its own then.
            assertTrue(Pause.until(() -> namespaces(probe.pid()) > 1, SECONDS * 1000L));
            probe.interrupt();
            assertEquals(130, probe.waitFor(SECONDS), probe::output);
            assertEquals(0, probe.count("Exception|^\\s+at "), probe::output);
        }
        assertEquals(before, interfaces());
    }

    private static String interfaces() {
        return Program.run("ip", "-o", "link").replaceAll("(?m) (state|qlen|mode) .*", "") + Program.run("ip", "netns");
    }

    /** Network namespaces in which threads of a process are. */
    private static long namespaces(long pid) {
        return Program.run("sh", "-c", "for t in /proc/" + pid + "/task/*; do readlink $t/ns/net; done; true")
                .lines()
                .distinct()
                .count();
    }
}
