package io.twinport.control.host.migrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.control.host.NicId;
import io.twinport.control.host.NicVerdict;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.program.Answer;
import io.twinport.control.program.Programs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlannerTest {
    private static final String UUID = "b720a391-ed2d-4b95-9601-57af3858df57";
    private static final String MAC = "52:54:00:00:12:53";
    private static final String TARGET = "qemu+ssh://root@hostb:22/system";

    private static final String STANDBY = "<interface type='bridge'><mac address='" + MAC
            + "'/><source bridge='br0'/><target dev='tap01'/><model type='virtio'/><link state='down'/>"
            + "<teaming type='persistent'/><alias name='ua-backup0'/></interface>";

    private static final String PRIMARY = "<interface type='ethernet'><mac address='" + MAC
            + "'/><target dev='vf0' managed='no'/><model type='e1000e'/><alias name='ua-vf'/></interface>";

    private static final String BRIDGE =
            "[{\"ifname\":\"br0\",\"linkinfo\":{\"info_kind\":\"bridge\",\"info_data\":{\"forward_delay\":0}}}]";

    private final Map<String, Answer> answers = new LinkedHashMap<>();
    private final List<String> asked = new ArrayList<>();
    private NicVerdicts nics = NicVerdicts.BUILT_IN;

    /** What the programs of two hosts answer: the first whose words the command contains. */
    private final Programs programs = new Programs() {
        @Override
        public Optional<Path> find(String program) {
            return Optional.of(Path.of("/usr/bin/" + program));
        }

        @Override
        public Answer ask(String program, String... arguments) {
            String command = program + " " + String.join(" ", arguments);
            asked.add(command);
            return answers.entrySet().stream()
                    .filter(each -> List.of(each.getKey().split(" ")).stream().allMatch(command::contains))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(new Answer(1, "", "error: failed to get domain '" + command + "'"));
        }
    };

    PlannerTest() {
        answer("--connect=qemu:///system domstate", "running (booted)\n");
        answer("--connect=qemu:///system domjobinfo", "Job type:         None\n");
        answer("domuuid", UUID + "\n");
        answer("dominfo", "Id: 1\nPersistent:     yes\n");
        answer("domif-getlink tap01", "tap01 down");
        answer("domif-getlink vf0", "vf0 up");
        answer("fdb br0", "[]");
        answer("fdb nic", "[{\"mac\":\"" + MAC + "\",\"ifname\":\"vf0\",\"master\":\"nic\",\"state\":\"static\"}]");
        answer("ip link br0", BRIDGE);
        answer("ip link vf0", "[{\"ifname\":\"vf0\",\"master\":\"nic\",\"linkinfo\":{\"info_kind\":\"tun\"}}]");
        devices(STANDBY, PRIMARY);
    }

    private void answer(String words, String out) {
        answers.put(words, new Answer(0, out, ""));
    }

    private void devices(String... devices) {
        answer(
                "dumpxml --domain",
                "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' id='1'><name>vm01</name><devices>"
                        + String.join("", devices)
                        + "</devices><qemu:override><qemu:device alias='ua-vf'><qemu:frontend><qemu:property"
                        + " name='failover_pair_id' type='string' value='ua-backup0'/></qemu:frontend></qemu:device>"
                        + "</qemu:override></domain>");
    }

    private Plan plan(Plan.Way way, Move move) {
        return Planner.migration(
                new Request(
                        "vm01",
                        "qemu:///system",
                        TARGET,
                        List.of(),
                        List.of(),
                        way,
                        move,
                        false,
                        NicVerdict.UNKNOWN,
                        nics,
                        List.of("--bandwidth=100"),
                        1000),
                programs);
    }

    private Plan plan() {
        return plan(Plan.Way.MANAGED, Move.LINK);
    }

    /** The primary is VF 0 of {@code pf0}, which is the bridge's uplink. */
    private void vf() {
        devices(
                STANDBY,
                "<interface type='hostdev' managed='yes'><mac address='" + MAC
                        + "'/><source><address type='pci' bus='1' slot='0x10'/></source><alias name='ua-vf'/></interface>");
        answer("ls physfn/net", "pf0\n");
        answer("find virtfn", "virtfn0_../0000:01:10.0_");
        answer(
                "ip link dev pf0",
                "[{\"ifname\":\"pf0\",\"master\":\"br0\",\"vfinfo_list\":[{\"vf\":0,\"link_state\":\"auto\"}]}]");
        answers.remove("ip link br0");
        answer("ip link master br0", "[{\"ifname\":\"pf0\"}]");
        answer("ip link br0", BRIDGE);
        answer("cat pf0/device/vendor", "0x8086\n");
        answer("cat pf0/device/device", "0x1592\n");
        answer("readlink pf0/device/driver", "../../bus/pci/drivers/ice\n");
        answer("ethtool -i pf0", "firmware-version: 4.2\n");
    }

    private void measured(NicVerdict verdict) {
        nics = new NicVerdicts() {
            @Override
            public NicVerdict behindBridge(NicId nic) {
                return nic.equals(new NicId("8086:1592", "ice", "4.2")) ? verdict : NicVerdict.UNKNOWN;
            }

            @Override
            public NicVerdict behindMacvlan(NicId nic) {
                throw new AssertionError("its standby is behind a bridge");
            }
        };
    }

    @Test
    void shouldGiveTheUplinkAFilterWhereTheNicWasMeasuredSo() {
        vf();
        measured(NicVerdict.EARLY);
        assertTrue(steps(plan()).contains("filter of pf0 for " + MAC + ": none -> there"), () -> steps(plan()));
        assertEquals(List.of(), plan().notes());
        measured(NicVerdict.LATE);
        assertFalse(steps(plan()).contains("filter of"), () -> steps(plan()));
        assertEquals(List.of(), plan().notes());
        measured(NicVerdict.LOST);
        assertFalse(steps(plan()).contains("filter of"), () -> steps(plan()));
        assertTrue(plan().notes().toString().contains("as measured, this NIC loses frames"), () -> plan().notes() + "");
        measured(NicVerdict.UNKNOWN);
        assertTrue(plan().notes().toString().contains("nobody has measured"), () -> plan().notes() + "");
    }

    private void shouldRefuse(String why) {
        UserException refused = assertThrows(UserException.class, this::plan);
        assertTrue(String.valueOf(refused.getMessage()).contains(why), refused::getMessage);
    }

    private static String steps(Plan plan) {
        return plan.steps().stream().map(Step::text).collect(Collectors.joining("\n"));
    }

    @Test
    void shouldMakeBeforeItBreaks() {
        assertEquals(
                String.join(
                        "\n",
                        "source: link of tap01: down -> up",
                        "source: link of vf0: up -> down",
                        "source: entry of " + MAC + " in br0: none -> tap01",
                        "source: entry of " + MAC + " in nic: vf0 -> none",
                        "source: frames of the guest by tap01: there",
                        "source: the guest's device ua-vf: there -> none",
                        "the guest vm01: source -> target",
                        "source: entry of " + MAC + " in br0: none",
                        "target: entry of " + MAC + " in br0: @ua-backup0",
                        "target: the guest's device ua-vf: there",
                        "target: entry of " + MAC + " in nic: vf0",
                        "target: frames of the guest by @ua-vf: there",
                        "target: entry of " + MAC + " in nic: none",
                        "target: entry of " + MAC + " in br0: none",
                        "target: link of @ua-backup0: down"),
                steps(plan()).replace("source: the guest vm01", "the guest vm01"));
    }

    @Test
    void shouldCallNothingThatChangesAHost() {
        plan();
        assertTrue(
                asked.stream()
                        .noneMatch(
                                command -> command.matches(".*( add | del | replace | set |setlink|detach|attach).*")),
                asked::toString);
        assertTrue(
                asked.contains("ssh -o BatchMode=yes -p 22 root@hostb ip -j -d -s link show dev br0"), asked::toString);
    }

    @Test
    void shouldHaveTheGuestSayThatItHasMovedBeforeItsFramesGoElsewhere() {
        String steps = steps(plan(Plan.Way.MANAGED, Move.AGENT));
        assertTrue(steps.indexOf("frames of the guest by tap01") < steps.indexOf("in br0: none -> tap01"), steps);
        assertFalse(steps.contains("link of vf0"), steps);
    }

    /** The kernel's net_failover is deaf on the standby until its primary is gone. */
    @Test
    void shouldLeaveTheFramesOfTheKernelsDriverUntilItsPrimaryIsGone() {
        String steps = steps(plan(Plan.Way.MANAGED, Move.UNPLUG));
        assertFalse(steps.contains("link of vf0"), steps);
        assertTrue(steps.indexOf("device ua-vf: there -> none") < steps.indexOf("in br0: none -> tap01"), steps);
        assertTrue(steps.indexOf("in nic: vf0 -> none") < steps.indexOf("frames of the guest by tap01"), steps);
    }

    @Test
    void shouldChooseWhatMovesTheGuestByItsDriver() {
        Plan unknown = plan(Plan.Way.MANAGED, Move.AUTO);
        assertEquals(steps(plan(Plan.Way.MANAGED, Move.LINK)), steps(unknown));
        assertTrue(unknown.notes().toString().contains("--move link: "), unknown.notes()::toString);
        answer(
                "x-query-virtio-status",
                "{\"return\":{\"guest-features\":{\"dev-features\":[\"VIRTIO_NET_F_STANDBY: x\"]},"
                        + "\"host-features\":{}}}");
        Plan kernel = plan(Plan.Way.MANAGED, Move.AUTO);
        assertEquals(steps(plan(Plan.Way.MANAGED, Move.UNPLUG)), steps(kernel));
        assertTrue(kernel.notes().toString().contains("--move unplug: "), kernel.notes()::toString);
    }

    @Test
    void shouldPrintTheMendedScripts() {
        String script = String.join("\n", PlanText.scripts(plan()));
        assertTrue(script.contains("bridge fdb replace " + MAC + " dev tap01 master static sticky\n"), script);
        assertTrue(script.contains("bridge fdb del " + MAC + " dev tap01 master\n"), script);
        assertTrue(script.contains("detach-device-alias --domain=vm01 --alias=ua-vf --live\n"), script);
        assertTrue(
                script.contains("--undefinesource --domain=vm01 --desturi=" + TARGET + " --bandwidth=100\n"), script);
        assertTrue(script.contains(PRIMARY), script);
        assertTrue(PlanText.lines(plan()).toString().contains("undo: bridge fdb del " + MAC + " dev tap01 master"));
        assertEquals(15, ((List<?>) PlanText.json(plan()).getOrDefault("steps", List.of())).size());
    }

    @Test
    void shouldRefuseByName() {
        devices(STANDBY.replace("type='bridge'", "type='direct'"), PRIMARY);
        shouldRefuse("macvtap");
        devices(STANDBY.replace("<target", "<virtualport type='openvswitch'/><target"), PRIMARY);
        shouldRefuse("Open vSwitch");
        devices(STANDBY.replace("ua-backup0", "net0"), PRIMARY);
        shouldRefuse("the standby that it names is not there");
        devices(STANDBY);
        shouldRefuse("has no pair");
        devices(STANDBY, PRIMARY.replace("12:53", "12:54"));
        shouldRefuse("differ");
        devices(STANDBY, PRIMARY.replace("vf0", "vf0;reboot"));
        shouldRefuse("no plain one");
        devices(STANDBY.replace("tap01", "-tap01"), PRIMARY);
        shouldRefuse("no plain one");
    }

    @Test
    void shouldRefuseHostsThatItDoesNotKnow() {
        answer("ip link br0", BRIDGE.replace("forward_delay\":0", "vlan_filtering\":1"));
        shouldRefuse("filters VLANs");
        answer("ip link br0", BRIDGE.replace("bridge", "openvswitch"));
        shouldRefuse("Open vSwitch");
        answer("ip link br0", BRIDGE);
        answer(
                "fdb br0",
                "[{\"mac\":\"" + MAC + "\",\"ifname\":\"tap01\",\"master\":\"br0\",\"state\":\"permanent\"}]");
        shouldRefuse("takes the guest's frames away");
        answer("fdb br0", "[]");
        answer("dominfo", "Persistent:     no\n");
        shouldRefuse("transient");
        answer("dominfo", "Persistent:     yes\n");
        answer("hostb domstate", "shut off (migrated)\n");
        shouldRefuse("has a domain vm01 already");
    }

    @Test
    void shouldRefuseANetworkWhoseEntriesLibvirtWrites() {
        devices(STANDBY.replace("type='bridge'", "type='network'").replace("bridge='br0'", "network='lan'"), PRIMARY);
        answer(
                "net-dumpxml",
                "<network><name>lan</name><forward mode='bridge'/><bridge name='br0'"
                        + " macTableManager='libvirt'/></network>");
        shouldRefuse("macTableManager");
    }

    @Test
    void shouldRefuseQemusOwnWayWhereQemuWouldNotWait() {
        answer("qom-get", "{\"return\":\"ua-backup0\"}");
        answer(
                "x-query-virtio-status",
                "{\"return\":{\"guest-features\":{\"dev-features\":[\"VIRTIO_NET_F_MAC\"]},"
                        + "\"host-features\":{\"dev-features\":[\"VIRTIO_NET_F_STANDBY\"]}}}");
        assertThrows(UserException.class, () -> plan(Plan.Way.QEMU, Move.LINK));
        answer(
                "x-query-virtio-status",
                "{\"return\":{\"guest-features\":{\"dev-features\":[\"VIRTIO_NET_F_STANDBY: x\"]},"
                        + "\"host-features\":{}}}");
        assertFalse(steps(plan(Plan.Way.QEMU, Move.LINK)).contains("device ua-vf"));
        answer("qom-get", "{\"return\":\"\"}");
        assertThrows(UserException.class, () -> plan(Plan.Way.QEMU, Move.LINK));
    }

    @Test
    void shouldTellAHostThatIsAwayFromADomainThatIs() {
        answers.put("hostb domstate", new Answer(1, "", "error: failed to connect to the hypervisor"));
        assertThrows(UnreachableException.class, this::plan);
        answers.put("hostb domstate", Answer.none("virsh has not answered within 20 s"));
        assertThrows(UnreachableException.class, this::plan);
    }

    @Test
    void shouldBelieveTwoNumbersOfAGuestsAgent() {
        assertEquals(7, GuestAgent.process("{\"return\":{\"pid\":7}}").orElseThrow());
        assertEquals(
                0,
                GuestAgent.exitCode("{\"return\":{\"exitcode\":0,\"exited\":true}}")
                        .orElseThrow());
        for (String answer : List.of(
                "",
                "{",
                "[]",
                "{\"return\":{\"pid\":\"$(reboot)\"}}",
                "{\"return\":{\"pid\":-1}}",
                "{\"return\":{\"pid\":7.5}}",
                "[".repeat(5000),
                "{\"return\":{\"pid\":7}}" + " ".repeat(1 << 17))) {
            assertTrue(GuestAgent.process(answer).isEmpty(), answer);
        }
    }
}
