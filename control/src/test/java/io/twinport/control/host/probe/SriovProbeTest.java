package io.twinport.control.host.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.control.host.NicId;
import io.twinport.posix.PosixException;
import io.twinport.posix.PrivateNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

/** A host with a NIC that behaves as igb was measured to do. */
class SriovProbeTest {
    private static final int FRAMES = IgbTable.FRAMES;
    private static final int RATE = 5000;
    private static final String NO_ADDRESS = "00:00:00:00:00:00";

    @TempDir
    Path root;

    private PrivateNamespace host;
    private FakeIgb igb;

    @BeforeEach
    void makeHost() {
        try {
            host = new PrivateNamespace();
        } catch (PosixException e) {
            throw new TestAbortedException("it takes root and network namespaces: " + e.getMessage(), e);
        }
        igb = host.in(() -> new FakeIgb(root, new MachineCommands()));
    }

    @AfterEach
    void end() {
        if (host != null) {
            host.close();
        }
    }

    private SriovProbe probe(boolean makesVf) {
        return host.in(() -> SriovProbe.of(igb.sysfs(), igb, FakeIgb.WIRE, makesVf));
    }

    private SriovProbe.Result run(boolean makesVf, BooleanSupplier isInterrupted, Holder... holders) {
        SriovProbe probe = probe(makesVf);
        return host.in(() -> probe.run(List.of(holders), FRAMES, RATE, isInterrupted));
    }

    private String links() {
        return host.in(() -> new MachineCommands().run("ip", "-o", "link").replaceAll("(?m)^(\\d+: \\S+).*", "$1"));
    }

    @ParameterizedTest
    @EnumSource
    void shouldComeToWhatWasMeasuredOfAnIgb(Holder holder) {
        String before = links();
        SriovProbe.Result result = run(true, () -> false, holder);
        assertTrue(result.isComplete(), result::toString);
        Walk walk = result.walks().getFirst();
        Walk measured = IgbTable.walk(holder);
        assertEquals(VfState.WALK, walk.states().stream().map(Walk.State::state).toList());
        for (int row = 0; row < VfState.WALK.size(); row++) {
            Walk.State state = walk.states().get(row);
            assertEquals(FRAMES, state.frames());
            assertEquals(IgbTable.standby(holder, row), state.at().get(holder.sink()), state::toString);
            assertEquals(IgbTable.vf(row), state.at().getOrDefault(Place.VF, 0), state::toString);
        }
        assertEquals(measured.verdict(), walk.verdict());
        assertEquals(
                measured.transitions().stream().map(Transition::verdict).toList(),
                walk.transitions().stream().map(Transition::verdict).toList());
        assertEquals(before, links());
        assertEquals(List.of("echo 0 > sriov_numvfs", "echo 1 > sriov_drivers_autoprobe"), lastTwo());
    }

    private List<String> lastTwo() {
        return igb.log.subList(igb.log.size() - 2, igb.log.size());
    }

    @Test
    void shouldAdviseTheFilter() {
        SriovProbe.Result result = run(true, () -> false, Holder.BRIDGE, Holder.FILTER);
        assertEquals(new NicId("8086:10c9", "igb", "1.4.3"), result.verdict().nic());
        assertEquals(Holder.FILTER, result.verdict().use());
        assertTrue(result.verdict().duplicates());
    }

    @Test
    void shouldPutAVfBackThatWasThere() throws Exception {
        host.in(() -> {
            igb.makeVf();
            return 0;
        });
        assertEquals("igbvf", igb.sysfs().vfDriver());
        String before = links();
        SriovProbe.Result result = run(false, () -> false, Holder.BRIDGE);
        Walk walk = result.walks().getFirst();
        assertEquals(Verdict.EARLY_STEAL, walk.verdict());
        assertFalse(walk.states().stream().anyMatch(state -> state.state() == VfState.ABSENT));
        assertEquals("igbvf", igb.sysfs().vfDriver());
        assertEquals("", igb.sysfs().override());
        assertFalse(igb.log.contains("echo 0 > sriov_numvfs"));
        // The VF's interface is a new one, and has another number.
        assertEquals(before.replaceAll("\\d+: ", ""), links().replaceAll("\\d+: ", ""));
    }

    /** In whichever state it is. */
    @ParameterizedTest
    @ValueSource(ints = {1, 30, 100, 200, 400, 800})
    void shouldPutEverythingBackWhenInterrupted(int questions) {
        String before = links();
        int[] asked = {0};
        // Waiting asks: the more, the later.
        assertThrows(ProbeException.class, () -> run(true, () -> ++asked[0] > questions, Holder.FILTER), "interrupted");
        assertEquals(before, links());
        assertEquals(0, igb.sysfs().vfs());
        assertEquals("1", igb.sysfs().autoprobe());
    }

    /** Each command that the walk needs fails once. */
    @Test
    void shouldPutEverythingBackWhenACommandFails() {
        String before = links();
        boolean isOver = false;
        for (int failing = 0; !isOver; failing++) {
            int wanted = failing;
            int[] count = {0};
            HostCommands faulty = command -> {
                if (count[0]++ == wanted) {
                    throw new ProbeException(String.join(" ", command) + ": planted");
                }
                return igb.run(command);
            };
            SriovProbe probe = host.in(() -> SriovProbe.of(igb.sysfs(), faulty, FakeIgb.WIRE, true));
            try {
                SriovProbe.Result ignored = host.in(() -> probe.run(List.of(Holder.FILTER), 20, RATE, () -> false));
                isOver = count[0] <= wanted;
            } catch (ProbeException e) {
                String message = String.valueOf(e.getMessage());
                assertTrue(message.contains("planted"), message);
                if (message.startsWith("not everything")) {
                    break; // from here on it is the taking back that fails, and that is said
                }
            }
            assertEquals(before, links(), "command " + failing);
            assertEquals(0, igb.sysfs().vfs());
        }
    }

    @Test
    void shouldSayWhatCannotBeMeasured() throws IOException {
        Files.delete(root.resolve("sys/bus/pci/drivers/vfio-pci"));
        SriovProbe.Result result = run(true, () -> false, Holder.BRIDGE);
        assertFalse(result.isComplete());
        Walk walk = result.walks().getFirst();
        assertEquals(List.of(VfState.VFIO), List.copyOf(walk.notMeasured().keySet()));
        assertEquals(Verdict.EARLY_STEAL, walk.verdict());
    }

    // ---- what is refused ----

    private static void assertSays(String why, UserException refused) {
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains(why), message);
    }

    private void refused(boolean makesVf, String why) {
        int before = igb.log.size();
        UserException refused = assertThrows(UserException.class, () -> probe(makesVf));
        assertSays(why, refused);
        assertEquals(before, igb.log.size(), "nothing was changed");
    }

    private void hostDoes(Callable<Object> work) {
        assertTrue(host.in(() -> {
            Object ignored = work.call();
            return true;
        }));
    }

    private Object makeVf(boolean isBound) throws IOException {
        Files.writeString(root.resolve("sys/devices/pf/sriov_drivers_autoprobe"), isBound ? "1" : "0");
        igb.makeVf();
        return igb;
    }

    @Test
    void shouldRefuseAPfInUse() throws IOException {
        Path folder = root.resolve("sys/class/net/" + FakeIgb.PF);
        Files.createDirectories(root.resolve("sys/class/net/br0"));
        Files.createSymbolicLink(folder.resolve("master"), root.resolve("sys/class/net/br0"));
        refused(true, "pf0 is in use: it belongs to br0");
        Files.delete(folder.resolve("master"));
        FakeIgb.file(folder.resolve("flags"), "0x1002");
        refused(true, "pf0 is down");
    }

    @Test
    void shouldRefuseAPfWithAnAddressInItsFilter() {
        hostDoes(() -> new MachineCommands().run("bridge", "fdb", "add", "02:00:00:00:00:05", "dev", "pf0", "self"));
        refused(true, "02:00:00:00:00:05");
    }

    @Test
    void shouldRefuseAVfInUse() {
        refused(false, "has no VF now");
        hostDoes(() -> makeVf(false));
        refused(true, "has 1 VFs already");
        igb.setMac("52:54:00:00:12:53");
        refused(false, "has the address 52:54:00:00:12:53, which somebody has given it");
        igb.setMac(NO_ADDRESS);
        hostDoes(() -> {
            FakeIgb.file(igb.vf().resolve("driver_override"), "vfio-pci");
            igb.write(root.resolve("sys/bus/pci/drivers_probe"), "");
            return igb;
        });
        refused(false, "is bound to vfio-pci");
        hostDoes(() -> {
            igb.write(igb.vf().resolve("driver/unbind"), "");
            return igb;
        });
        refused(false, "is reserved for the driver vfio-pci");
    }

    @Test
    void shouldRefuseAVfWhoseInterfaceIsInUse() throws IOException {
        hostDoes(() -> makeVf(true));
        Path folder = root.resolve("sys/class/net/eth9");
        FakeIgb.file(folder.resolve("flags"), "0x1003");
        refused(false, "eth9 is up");
        FakeIgb.file(folder.resolve("flags"), "0x1002");
        Files.createDirectories(root.resolve("sys/class/net/macvtap0"));
        Files.createSymbolicLink(folder.resolve("upper_macvtap0"), root.resolve("sys/class/net/macvtap0"));
        refused(false, "is in use: eth9 is below macvtap0");
        Files.delete(igb.vf().resolve("net/eth9"));
        refused(false, "in another network namespace");
    }

    @Test
    void shouldRefuseNamesThatMeanSomethingElse() {
        for (String[] each : List.of(
                new String[] {"../pf0", FakeIgb.WIRE, "no such interface"},
                new String[] {FakeIgb.WIRE, FakeIgb.PF, "has no VFs"},
                new String[] {FakeIgb.PF, FakeIgb.PF, "is the PF itself"},
                new String[] {FakeIgb.PF, "none0", "no such interface"})) {
            UserException refused = assertThrows(
                    UserException.class,
                    () -> host.in(() -> SriovProbe.of(new Sysfs(root, igb, each[0], 0), igb, each[1], true)),
                    () -> Arrays.toString(each));
            assertSays(each[2], refused);
        }
        UserException refused = assertThrows(
                UserException.class,
                () -> host.in(() -> SriovProbe.of(new Sysfs(root, igb, FakeIgb.PF, 7), igb, FakeIgb.WIRE, true)));
        assertSays("can have 7 VFs", refused);
    }
}
