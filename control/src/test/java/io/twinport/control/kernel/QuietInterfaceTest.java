package io.twinport.control.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.posix.InterfaceControl;
import io.twinport.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** U9: what is done to an interface of the kernel's, and that it is undone. */
class QuietInterfaceTest {
    private static final KernelInterface STANDBY =
            new KernelInterface("twnone1", 3, "52:54:00:00:00:01", "virtio_net", Optional.of("twnone0"), true);

    @TempDir
    private Path root;

    private final FakeControls controls = new FakeControls();
    private QuietInterface quiet;

    /** A kernel's answers, and what it was told. */
    private static final class FakeControls implements QuietInterface.Controls {
        private final List<String> told = new ArrayList<>();
        private final Map<String, Integer> flags = new LinkedHashMap<>();
        private final Map<String, Boolean> features = new LinkedHashMap<>(Map.of("rx-gro", true, "rx-lro", false));
        private Optional<String> discipline = Optional.empty();
        private int failingFlag;

        @Override
        public boolean hasFlag(String name, int flag) {
            return (flags.getOrDefault(name, 0) & flag) != 0;
        }

        @Override
        public void setFlag(String name, int flag, boolean on) {
            if (flag == failingFlag) {
                throw new PosixException("ioctl(SIOCSIFFLAGS, " + name + ")", 1, "");
            }
            told.add(name + (on ? " +" : " -") + Integer.toHexString(flag));
            flags.merge(name, flag, (before, bit) -> on ? before | bit : before & ~bit);
        }

        @Override
        public Map<String, Boolean> features(String name) {
            return features;
        }

        @Override
        public void setFeatures(String name, Map<String, Boolean> wanted) {
            told.add(name + " " + wanted);
            features.putAll(wanted);
        }

        @Override
        public Optional<String> discipline(int index) {
            return discipline;
        }

        @Override
        public void dropAll(int index, boolean on) {
            told.add(index + (on ? " drops" : " sends"));
        }
    }

    @BeforeEach
    void boot() throws IOException {
        for (int i = 0; i <= 1; i++) {
            String name = "twnone" + i;
            write("sys/class/net/" + name + "/ifindex", "" + (i + 2));
            write("proc/sys/net/ipv6/conf/" + name + "/disable_ipv6", "0");
            write("proc/sys/net/ipv4/conf/" + name + "/rp_filter", "2");
        }
        write("proc/net/if_inet6", "");
        controls.flags.put("twnone0", InterfaceControl.UP);
        quiet = new QuietInterface(root, controls);
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text + "\n");
    }

    private List<String> settings() throws IOException {
        List<String> values = new ArrayList<>();
        for (String file : List.of("ipv6/conf/twnone%d/disable_ipv6", "ipv4/conf/twnone%d/rp_filter")) {
            for (int i = 0; i <= 1; i++) {
                values.add(Files.readString(root.resolve("proc/sys/net").resolve(String.format(file, i)))
                        .strip());
            }
        }
        return values;
    }

    private String failure() {
        return assertThrows(UserException.class, () -> quiet.quiet(STANDBY)).toString();
    }

    @Test
    void shouldSilenceTheStandbyBeforeItComesUpAndPutAllBack() throws IOException {
        String said = quiet.quiet(STANDBY);
        assertTrue(said.startsWith("is silent now, as twnone0 over it is: no IPv6, no ARP"), said);
        assertTrue(said.contains("guest_csum=off"), "the driver has no switch for checksums: " + said);
        assertEquals(List.of("1", "1", "1", "1"), settings());
        assertEquals(
                List.of(
                        "3 drops",
                        "twnone1 +80",
                        "twnone0 +80",
                        "twnone1 {rx-gro=false}",
                        "twnone1 +200",
                        "twnone1 +1"),
                controls.told);
        controls.told.clear();
        quiet.restore();
        assertEquals(List.of("0", "0", "2", "2"), settings());
        assertEquals(
                List.of("twnone1 -1", "twnone1 -200", "twnone1 {rx-gro=true}", "twnone0 -80", "twnone1 -80", "3 sends"),
                controls.told,
                "in reverse, and the failover device stays up");
        controls.told.clear();
        quiet.restore();
        assertEquals(List.of(), controls.told);
    }

    @Test
    void shouldPutBackWhatWasDoneWhenAStepFails() throws IOException {
        controls.failingFlag = InterfaceControl.ALL_MULTICAST;
        assertTrue(failure().contains("twnone1 cannot be made silent: ioctl(SIOCSIFFLAGS, twnone1) failed: EPERM"));
        quiet.restore();
        assertEquals(List.of("0", "0", "2", "2"), settings());
        assertEquals("3 sends", controls.told.getLast());
        assertEquals(0, controls.flags.get("twnone1"));
    }

    @Test
    void shouldLeaveWhatHasGoneAndFindWhatWasRenamed() throws IOException {
        quiet.quiet(STANDBY);
        controls.told.clear();
        Files.delete(root.resolve("sys/class/net/twnone0/ifindex"));
        Files.move(root.resolve("sys/class/net/twnone1"), root.resolve("sys/class/net/twnew"));
        Files.move(root.resolve("proc/sys/net/ipv4/conf/twnone1"), root.resolve("proc/sys/net/ipv4/conf/twnew"));
        Files.move(root.resolve("proc/sys/net/ipv6/conf/twnone1"), root.resolve("proc/sys/net/ipv6/conf/twnew"));
        quiet.restore();
        assertEquals(List.of("twnew -1", "twnew -200", "twnew {rx-gro=true}", "twnew -80", "3 sends"), controls.told);
        assertEquals(
                "2",
                Files.readString(root.resolve("proc/sys/net/ipv4/conf/twnew/rp_filter"))
                        .strip());
    }

    @Test
    void shouldRefuseWhatIsInUseAndChangeNothing() throws IOException {
        write(
                "proc/net/if_inet6",
                "20010db8000000000000000000000001 02 40 00 40 twnone0\n"
                        + "fe80000000000000505400fffe000001 03 40 20 80 twnone1");
        String message = failure();
        assertTrue(message.contains("twnone0 has the address 2001:db8:0:0:0:0:0:1:"), message);
        assertTrue(message.contains("ip address flush dev twnone0"), message);
        write("proc/net/if_inet6", "fe80000000000000505400fffe000001 03 40 20 80 twnone1");
        controls.discipline = Optional.of("fq");
        assertTrue(failure().contains("tc qdisc delete dev twnone1 root"));
        KernelInterface bridged =
                new KernelInterface("twnone1", 3, "52:54:00:00:00:01", "virtio_net", Optional.of("br0"), false);
        message = assertThrows(UserException.class, () -> quiet.check(bridged)).toString();
        assertTrue(message.contains("twnone1 belongs to br0"), message);
        quiet.restore();
        assertEquals(List.of("0", "0", "2", "2"), settings());
        assertEquals(List.of(), controls.told);
        controls.discipline = Optional.of("blackhole");
        quiet.quiet(STANDBY); // a process that was killed has left it
    }
}
