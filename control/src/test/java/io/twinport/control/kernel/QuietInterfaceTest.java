package io.twinport.control.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.posix.Errno;
import io.twinport.posix.Interfaces;
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

/** U9: what is done to a kernel interface, that it is looked after, and that it is undone. */
class QuietInterfaceTest {
    private static final int OVER_INDEX = 1_000_002;
    private static final int INDEX = 1_000_003;
    private static final int OTHER_END = 1_000_004;
    private static final KernelInterface STANDBY =
            new KernelInterface("twnone1", INDEX, "52:54:00:00:00:01", "virtio_net", Optional.of("twnone0"), true);
    private static final KernelInterface SHARED =
            new KernelInterface("twnone1", INDEX, "52:54:00:00:00:01", "veth", Optional.empty(), false);

    @TempDir
    private Path root;

    private final FakeControls controls = new FakeControls();
    private final List<String> log = new ArrayList<>();
    private QuietInterface quiet;

    /** A kernel's answers, and what it was told. */
    private static final class FakeControls implements InterfaceChanges.Controls {
        private final List<String> told = new ArrayList<>();
        private final Map<Integer, Integer> flags = new LinkedHashMap<>();
        private final Map<String, Boolean> features =
                new LinkedHashMap<>(Map.of("rx-gro", true, "rx-lro", false, "tx-checksum-ip-generic", true));
        private Optional<String> discipline = Optional.empty();
        private Optional<OtherEnd> otherEnd = Optional.empty();
        private int failingFlag;

        @Override
        public boolean hasFlag(int index, int flag) {
            return (flags.getOrDefault(index, 0) & flag) != 0;
        }

        @Override
        public void setFlag(int index, int flag, boolean on) {
            if (flag == failingFlag) {
                throw new PosixException("RTM_SETLINK(" + index + ")", Errno.EPERM, "");
            }
            told.add(index + (on ? " +" : " -") + Integer.toHexString(flag));
            flags.merge(index, flag, (before, bit) -> on ? before | bit : before & ~bit);
        }

        @Override
        public Map<String, Boolean> features(int index) {
            return features;
        }

        @Override
        public void setFeatures(int index, Map<String, Boolean> wanted) {
            told.add(index + " " + wanted);
            features.putAll(wanted);
        }

        @Override
        public Optional<String> discipline(int index) {
            return discipline;
        }

        @Override
        public void dropAll(int index, boolean on) {
            told.add(index + (on ? " drops" : " sends"));
            discipline = on ? Optional.of("blackhole") : Optional.empty();
        }

        @Override
        public Optional<OtherEnd> otherEnd(int index) {
            return otherEnd;
        }

        List<String> takeTold() {
            List<String> taken = List.copyOf(told);
            told.clear();
            return taken;
        }
    }

    @BeforeEach
    void boot() throws IOException {
        for (int i = 0; i <= 1; i++) {
            String name = "twnone" + i;
            write("sys/class/net/" + name + "/ifindex", "" + (i + OVER_INDEX));
            write("proc/sys/net/ipv6/conf/" + name + "/disable_ipv6", "0");
            write("proc/sys/net/ipv4/conf/" + name + "/rp_filter", "2");
        }
        write("sys/class/net/twfar/ifindex", "" + OTHER_END);
        write("proc/net/if_inet6", "");
        controls.flags.put(OVER_INDEX, Interfaces.UP);
        quiet = new QuietInterface(root, controls, (level, line) -> log.add(line));
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
        return assertThrows(UserException.class, () -> quiet.silence(STANDBY)).toString();
    }

    private String logged() {
        String all = String.join("\n", log);
        log.clear();
        return all;
    }

    @Test
    void shouldSilenceTheStandbyBeforeItComesUpAndPutAllBack() throws IOException {
        String said = quiet.silence(STANDBY);
        assertTrue(said.startsWith("is silent now, as twnone0 over it is: no IPv6, no ARP"), said);
        assertTrue(said.contains("guest_csum=off"), "the driver has no switch for checksums: " + said);
        assertEquals(List.of("1", "1", "1", "1"), settings());
        assertEquals(
                List.of(
                        "1000003 drops",
                        "1000003 +80",
                        "1000002 +80",
                        "1000003 {rx-gro=false}",
                        "1000003 +200",
                        "1000003 +1"),
                controls.takeTold());
        quiet.restore();
        assertEquals(List.of("0", "0", "2", "2"), settings());
        assertEquals(
                List.of(
                        "1000003 -1",
                        "1000003 -200",
                        "1000003 {rx-gro=true}",
                        "1000002 -80",
                        "1000003 -80",
                        "1000003 sends"),
                controls.takeTold(),
                "in reverse, and the failover device stays up");
        quiet.restore();
        assertEquals(List.of(), controls.told);
    }

    @Test
    void shouldPutBackWhatWasDoneWhenAStepFails() throws IOException {
        controls.failingFlag = Interfaces.ALL_MULTICAST;
        assertTrue(failure().contains("twnone1 cannot be made silent: RTM_SETLINK(1000003) failed: EPERM"));
        quiet.restore();
        assertEquals(List.of("0", "0", "2", "2"), settings());
        assertEquals("1000003 sends", controls.told.getLast());
        assertEquals(0, controls.flags.get(INDEX));
    }

    @Test
    void shouldLeaveWhatHasGoneAndFindWhatWasRenamed() throws IOException {
        quiet.silence(STANDBY);
        controls.told.clear();
        Files.delete(root.resolve("sys/class/net/twnone0/ifindex"));
        rename();
        quiet.restore();
        assertEquals(
                List.of("1000003 -1", "1000003 -200", "1000003 {rx-gro=true}", "1000003 -80", "1000003 sends"),
                controls.told);
        assertEquals(
                "2",
                Files.readString(root.resolve("proc/sys/net/ipv4/conf/twnew/rp_filter"))
                        .strip());
    }

    private void rename() throws IOException {
        Files.move(root.resolve("sys/class/net/twnone1"), root.resolve("sys/class/net/twnew"));
        Files.move(root.resolve("proc/sys/net/ipv4/conf/twnone1"), root.resolve("proc/sys/net/ipv4/conf/twnew"));
        Files.move(root.resolve("proc/sys/net/ipv6/conf/twnone1"), root.resolve("proc/sys/net/ipv6/conf/twnew"));
    }

    @Test
    void shouldRefuseWhatIsInUseAndChangeNothing() throws IOException {
        write(
                "proc/net/if_inet6",
                "20010db8000000000000000000000001 f4242 40 00 40 twnone0\n"
                        + "fe80000000000000505400fffe000001 f4243 40 20 80 twnone1");
        String message = failure();
        assertTrue(message.contains("twnone0 has the address 2001:db8:0:0:0:0:0:1:"), message);
        assertTrue(message.contains("ip address flush dev twnone0"), message);
        write("proc/net/if_inet6", "fe80000000000000505400fffe000001 f4243 40 20 80 twnone1");
        controls.discipline = Optional.of("fq");
        assertTrue(failure().contains("tc qdisc delete dev twnone1 root"));
        controls.discipline = Optional.empty();
        write("sys/class/net/twnone1/upper_mv0/ifindex", "9");
        assertTrue(failure().contains("twnone1 is below mv0: "), "a VLAN, or a macvlan");
        Files.delete(root.resolve("sys/class/net/twnone1/upper_mv0/ifindex"));
        Files.delete(root.resolve("sys/class/net/twnone1/upper_mv0"));
        quiet.restore();
        assertEquals(List.of("0", "0", "2", "2"), settings());
        assertEquals(List.of(), controls.told);
        controls.discipline = Optional.of("blackhole");
        quiet.silence(STANDBY); // a process that was killed has left it
    }

    /** Each thing that was set is put back once, and then only said. */
    @Test
    void shouldPutBackOnceWhatOthersChangeAndThenOnlySayIt() throws IOException {
        quiet.silence(STANDBY);
        assertEquals(List.of(), quiet.lookAfter());
        for (int time = 1; time <= 2; time++) {
            controls.discipline = Optional.of("fq");
            controls.flags.put(INDEX, Interfaces.UP);
            controls.features.put("rx-gro", true);
            write("proc/sys/net/ipv6/conf/twnone1/disable_ipv6", "0");
            write("proc/sys/net/ipv4/conf/twnone1/rp_filter", "2");
            List<String> differences = quiet.lookAfter();
            String said = logged();
            for (String what : List.of(
                    "the queueing discipline of twnone1 to fq",
                    "disable_ipv6 of twnone1 to 0",
                    "rp_filter of twnone1 to 2",
                    "ARP of twnone1 to on",
                    "rx-gro of twnone1 to on",
                    "all multicast of twnone1 to off")) {
                assertTrue(
                        said.contains(what + (time == 1 ? "; it is " : ", and it stays so: ")),
                        () -> what + " in\n" + said);
            }
            assertEquals(
                    time == 1 ? List.of("1", "1") : List.of("1", "0"),
                    settings().subList(0, 2));
            assertEquals(time == 1 ? 0 : 6, differences.size(), differences::toString);
        }
        assertEquals(6, quiet.lookAfter().size());
        assertEquals("", logged(), "it is said once");
        controls.takeTold();
        quiet.restore();
        assertEquals(List.of("0", "0", "2", "2"), settings());
        assertEquals(Optional.of("fq"), controls.discipline, "that is somebody else's");
    }

    @Test
    void shouldLookAfterAnInterfaceThatWasRenamed() throws IOException {
        quiet.silence(STANDBY);
        rename();
        assertEquals(List.of(), quiet.lookAfter());
        write("proc/sys/net/ipv6/conf/twnew/disable_ipv6", "0");
        assertEquals(List.of(), quiet.lookAfter());
        assertTrue(logged().contains("disable_ipv6 of twnew to 0; it is 1 again"));
    }

    @Test
    void shouldSayThatSomebodyUsesItNow() throws IOException {
        quiet.silence(STANDBY);
        write("sys/class/net/twnone1/upper_vlan7/ifindex", "9");
        assertEquals(List.of("twnone1 is below vlan7"), quiet.lookAfter());
        assertTrue(logged().contains("twnone1 is below vlan7: somebody else uses it now"));
        assertEquals(List.of("twnone1 is below vlan7"), quiet.lookAfter());
        assertEquals("", logged());
        Files.delete(root.resolve("sys/class/net/twnone1/upper_vlan7/ifindex"));
        Files.delete(root.resolve("sys/class/net/twnone1/upper_vlan7"));
        assertEquals(List.of(), quiet.lookAfter());
    }

    /** What is shared with the kernel by a DPDK driver gets no queueing discipline: others may send there. */
    @Test
    void shouldKeepTheKernelQuietWhereADriverWorksBesideIt() throws IOException {
        Optional<String> said = quiet.keepQuietBeside(SHARED, true);
        assertEquals(
                "keeps the kernel quiet on twnone1: disable_ipv6 1, rp_filter 1, ARP off, rx-gro off",
                said.orElseThrow());
        assertEquals(List.of("1000003 +80", "1000003 {rx-gro=false}"), controls.takeTold());
        quiet.restore();
        assertEquals(List.of("0", "0", "2", "2"), settings());
        assertEquals(List.of("1000003 {rx-gro=true}", "1000003 -80"), controls.takeTold());
    }

    /** XDP comes before the kernel merges, and switches it on by itself. */
    @Test
    void shouldLeaveMergingAloneWhereFramesComeBeforeIt() {
        assertEquals(
                "keeps the kernel quiet on twnone1: disable_ipv6 1, rp_filter 1, ARP off",
                quiet.keepQuietBeside(SHARED, false).orElseThrow());
    }

    @Test
    void shouldLeaveItToWhoeverUsesItBesideThePort() throws IOException {
        write("proc/net/if_inet6", "20010db8000000000000000000000001 f4243 40 00 40 twnone1");
        assertEquals(
                "keeps the kernel quiet on twnone1: rx-gro off",
                quiet.keepQuietBeside(SHARED, true).orElseThrow());
        assertEquals(List.of("0", "0", "2", "2"), settings());
        assertTrue(logged().contains("twnone1 has the address 2001:db8:0:0:0:0:0:1: somebody uses it beside the port"));
        assertEquals(1, quiet.lookAfter().size());
        assertEquals("", logged(), "it was said at the start");
    }

    /** U5: the far end of a veth leaves checksums to a NIC that is not there. */
    @Test
    void shouldHaveTheOtherEndCompleteItsChecksumsOrSayHow() {
        controls.otherEnd = Optional.of(new OtherEnd(OTHER_END, "twfar", true, "", Optional.of(true)));
        String said = quiet.keepQuietBeside(SHARED, true).orElseThrow();
        assertTrue(said.endsWith(", tx-checksum-ip-generic of twfar off"), said);
        assertEquals("1000004 {tx-checksum-ip-generic=false}", controls.told.getLast());
        quiet.restore();
        assertTrue(controls.told.contains("1000004 {tx-checksum-ip-generic=true}"), controls.told::toString);

        controls.otherEnd = Optional.of(new OtherEnd(OTHER_END, "twfar", false, "pod", Optional.of(true)));
        assertTrue(quiet.keepQuietBeside(SHARED, true).isPresent());
        String warned = logged();
        assertTrue(warned.contains("TCP does not work"), warned);
        assertTrue(warned.endsWith("ip netns exec pod ethtool -K twfar tx off"), warned);
        quiet.restore();

        controls.otherEnd = Optional.of(new OtherEnd(OTHER_END, "", false, "", Optional.empty()));
        assertTrue(quiet.keepQuietBeside(SHARED, true).isPresent());
        assertTrue(logged().contains("(number 1000004, in another network namespace) of twnone1 may leave checksums"));
        quiet.restore();

        controls.otherEnd = Optional.of(new OtherEnd(OTHER_END, "twfar", false, "pod", Optional.of(false)));
        assertTrue(quiet.keepQuietBeside(SHARED, true).isPresent());
        assertEquals("", logged(), "it is off there");
    }
}
