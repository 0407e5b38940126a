package io.twinport.hw;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code probe mac-filter} on a host that is a guest itself, with QEMU's igb: the frames of each state arrive where they were counted
 * before there was this tool.
 */
@HwScenario("M")
@Tag("long")
class MacFilterHwTest {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String PF_MAC = "52:54:00:aa:bb:02";
    private static final String FROM_MAC = "52:54:00:aa:bb:03";
    private static final int FRAMES = 100;

    /** By state: no VF, made, address set, vfio-pci, driver bound, up, down, up, unbound, reset, address cleared, no VF. */
    private static final List<Integer> VF = List.of(0, 0, 0, 0, 0, FRAMES, 0, FRAMES, 0, 0, 0, 0);

    private static final List<Integer> ALWAYS = List.of(100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100);

    private static final Map<String, List<Integer>> STANDBY = Map.of(
            "pf",
            List.of(0, 100, 0, 0, 0, 0, 0, 0, 0, 0, 100, 0),
            "bridge",
            List.of(100, 100, 0, 0, 0, 0, 0, 0, 0, 0, 100, 100),
            "filter",
            ALWAYS,
            "macvlan",
            ALWAYS);

    private static final Map<String, String> SINKS =
            Map.of("pf", "PF", "bridge", "tap", "filter", "tap", "macvlan", "macvlan");

    @Test
    void shouldFindWhatAnIgbDoes(Scenario scenario) {
        Wire wire = scenario.wire();
        QemuVm guest = scenario.start(scenario.guest("guest")
                .iommu()
                .nic("igb", "pf", PF_MAC, wire, wire.port("pf"))
                .nic("e1000e", "from", FROM_MAC, wire, wire.port("from")));
        guest.loadVfio();
        GuestShell shell = guest.shell();
        shell.run("modprobe -a igb igbvf e1000e bridge veth macvlan");
        shell.run("for each in /sys/class/net/eth*; do /usr/bin/ip link set ${each##*/} up; done");
        String pf = interfaceWith(shell, PF_MAC);
        String from = interfaceWith(shell, FROM_MAC);
        GuestShell.Result result = shell.attempt(
                "twinport probe mac-filter --pf " + pf + " --vf 0 --make-vf --from " + from + " --frames " + FRAMES
                        + " --rate 500 --verdicts /tmp/nics.json --json /tmp/probe.json 2>&1",
                LIMIT);
        result.output().lines().forEach(scenario::step);
        assertEquals(0, result.exitCode());

        JsonNode probe = JsonMapper.shared().readTree(shell.run("cat /tmp/probe.json"));
        assertEquals(4, probe.path("walks").size());
        for (JsonNode walk : probe.path("walks")) {
            String way = walk.path("holder").asString();
            assertEquals(STANDBY.getOrDefault(way, List.of()), column(walk, SINKS.getOrDefault(way, "")), way);
            assertEquals(VF, column(walk, "VF"), way);
            assertEquals(
                    way.equals("bridge") || way.equals("pf") ? "early-steal" : "duplicate",
                    walk.path("verdict").asString(),
                    way);
        }
        JsonNode verdict = JsonMapper.shared()
                .readTree(shell.run("cat /tmp/nics.json"))
                .path("verdicts")
                .path(0);
        assertEquals("8086:10c9", verdict.path("nic").path("pci").asString());
        assertEquals("filter", verdict.path("use").asString());
        // All as it was.
        assertEquals(
                "0",
                shell.run("cat /sys/class/net/" + pf + "/device/sriov_numvfs").strip());
        assertEquals("", shell.run("/usr/bin/ip -o link | grep tp || true").strip());
    }

    private static String interfaceWith(GuestShell shell, String mac) {
        return shell.run("basename $(dirname $(grep -l " + mac + " /sys/class/net/*/address))")
                .strip();
    }

    private static List<Integer> column(JsonNode walk, String place) {
        return walk.path("states")
                .valueStream()
                .map(state -> state.path("at").path(place).asInt(0))
                .toList();
    }
}
