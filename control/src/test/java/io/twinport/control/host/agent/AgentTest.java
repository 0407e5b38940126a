package io.twinport.control.host.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.host.migrate.PairName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the agent makes of scripted events, on a host whose NIC steals early. */
class AgentTest {
    private static final String MAC = FakeLibvirt.MAC;
    private static final long SECOND = 1_000_000_000L;

    private static final String NEGOTIATED = qemu("FAILOVER_NEGOTIATED", "{\"device-id\":\"ua-backup0\"}");
    private static final String UNPLUG = qemu("UNPLUG_PRIMARY", "{\"device-id\":\"ua-vf\"}");
    private static final String RESUME = qemu("RESUME", "<null>");

    @TempDir
    private Path folder;

    private final FakeNetwork network = new FakeNetwork();
    private final FakeLibvirt libvirt = new FakeLibvirt(network);
    private final List<String> said = new ArrayList<>();
    private final List<PairName> named = new ArrayList<>();
    private long now = System.nanoTime();

    private static String qemu(String event, String detail) {
        return "event " + event + " at 1764604800.123456 for domain 'vm01': " + detail;
    }

    private static String libvirt(String event, String detail) {
        return "event '" + event + "' for domain 'vm01': " + detail;
    }

    private Agent agent() {
        Agent agent = new Agent(
                "qemu:///system",
                NicVerdicts.BUILT_IN,
                libvirt,
                named,
                folder,
                folder.resolve("audit"),
                (level, text) -> said.add(text));
        agent.begin();
        return agent;
    }

    private void hear(Agent agent, String... lines) throws InterruptedException {
        for (String line : lines) {
            agent.take(line);
        }
        agent.step(now);
    }

    private void pass(Agent agent, long seconds) throws InterruptedException {
        now += seconds * SECOND;
        agent.step(now);
    }

    /** What readers of its events are told while something happens, without the time. */
    private static List<String> told(Agent agent, Scenario scenario) throws IOException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<InterruptedException> interrupted = new ArrayList<>();
        agent.feed().write(out, () -> {
            try {
                if (out.toString(StandardCharsets.UTF_8).lines().count() == 1) {
                    scenario.run();
                }
            } catch (InterruptedException e) {
                interrupted.add(e);
            }
            return false;
        });
        if (!interrupted.isEmpty()) {
            throw interrupted.getFirst();
        }
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .skip(1)
                .map(line -> {
                    JsonNode json = JsonMapper.shared().readTree(line);
                    assertEquals("vm01", json.path("guest").stringValue(), line);
                    return json.path("event").stringValue() + " "
                            + json.path("word").stringValue() + " "
                            + json.path("device").asString("-") + (json.has("fault") ? " fault" : "");
                })
                .toList();
    }

    /** What happens. */
    private interface Scenario {
        void run() throws InterruptedException;
    }

    private void assertByStandby() {
        assertEquals(Map.of(MAC, "tap01"), network.entries, said::toString);
        assertEquals(Set.of(MAC), network.filters, said::toString);
    }

    private void assertByPrimary() {
        assertEquals(Map.of(), network.entries, said::toString);
        assertEquals(Set.of(), network.filters, said::toString);
    }

    @Test
    void shouldFollowAGuestThatLeaves() throws InterruptedException, IOException {
        Agent agent = agent();
        hear(agent, RESUME, libvirt("lifecycle", "Resumed Unpaused"));
        assertByPrimary();
        assertEquals(List.of(), network.changes, "nothing is to be done for a guest that has its primary");
        libvirt.hasJob = true;
        hear(agent, UNPLUG);
        assertByStandby();
        assertEquals(Map.of(Pair.Phase.MIGRATING, 1), agent.phases());
        pass(agent, 3);
        assertByStandby();
        libvirt.state = "";
        hear(agent, libvirt("lifecycle", "Stopped Migrated"));
        assertByPrimary();
        assertEquals(Map.of(), agent.phases());
        assertEquals(
                List.of(
                        "replace " + MAC + " dev tap01 master static sticky",
                        "add " + MAC + " dev pf0 self",
                        "del " + MAC + " dev pf0 self",
                        "del " + MAC + " dev tap01 master"),
                network.changes);
        List<String> audit = Files.readAllLines(folder.resolve("audit"));
        assertEquals(4, audit.size());
        assertTrue(
                audit.getFirst()
                        .contains("\"command\":\"bridge fdb replace " + MAC
                                + " dev tap01 master static sticky\",\"code\":0,\"result\":\"done\""),
                audit::toString);
    }

    @Test
    void shouldFollowAGuestWhoseMigrationFails() throws InterruptedException {
        Agent agent = agent();
        libvirt.hasJob = true;
        hear(agent, UNPLUG);
        libvirt.hasJob = false;
        hear(agent, qemu("MIGRATION", "{\"status\":\"failed\"}"));
        assertEquals(Map.of(Pair.Phase.RETURNING, 1), agent.phases());
        pass(agent, 1);
        assertByStandby();
        network.byVf += 5;
        pass(agent, 1);
        assertByPrimary();
        // Without the event it is seen all the same.
        libvirt.hasJob = true;
        hear(agent, UNPLUG);
        libvirt.hasJob = false;
        pass(agent, 3);
        assertEquals(Map.of(Pair.Phase.RETURNING, 1), agent.phases());
    }

    @Test
    void shouldFollowAGuestThatArrives() throws InterruptedException {
        libvirt.state = "";
        Agent agent = agent();
        libvirt.state = "paused (migrating)";
        hear(agent, libvirt("lifecycle", "Started Migrated"), NEGOTIATED);
        // It runs elsewhere: an entry would take away what this host's guests send to it.
        assertByPrimary();
        libvirt.state = "running (migrated)";
        hear(agent, RESUME);
        assertByStandby();
        hear(agent, libvirt("lifecycle", "Resumed Migrated"));
        network.byVf += 2;
        pass(agent, 1);
        assertByPrimary();
    }

    @Test
    void shouldFollowManagementThatTakesThePrimaryOut() throws InterruptedException {
        Agent agent = agent();
        libvirt.primary = "";
        hear(agent, libvirt("device-removed", "ua-vf"));
        assertByStandby();
        pass(agent, 60);
        assertByStandby();
        libvirt.primary = FakeLibvirt.PRIMARY;
        hear(agent, libvirt("device-added", "ua-vf"));
        assertByStandby();
        network.byVf += 2;
        pass(agent, 1);
        assertByPrimary();
    }

    /** A guest that sends by its standby has not moved; one that sends nothing does not tell. */
    @Test
    void shouldNotWaitForEverForAGuestsWord() throws InterruptedException {
        Agent agent = agent();
        hear(agent, NEGOTIATED);
        assertByStandby();
        network.byTap += 9;
        pass(agent, 11);
        assertByStandby();
        network.byTap += 9;
        pass(agent, 11);
        assertByStandby();
        assertEquals(
                1,
                said.stream()
                        .filter(line -> line.contains("sends by its standby"))
                        .count());
        pass(agent, 11);
        assertByPrimary();
        assertTrue(said.toString().contains("has shown nothing for 10 s"), said::toString);
    }

    @Test
    void shouldLookAtGuestsThatRunAlready() throws InterruptedException {
        libvirt.primary = "";
        Agent agent = agent();
        assertByStandby();
        assertEquals(Map.of(Pair.Phase.STANDBY, 1), agent.phases());
    }

    @Test
    void shouldGoOnWithWhatAnotherAgentHasBegun() throws InterruptedException {
        libvirt.hasJob = true;
        hear(agent(), UNPLUG);
        assertByStandby();
        libvirt.hasJob = false;
        Agent next = agent();
        assertEquals(Map.of(Pair.Phase.RETURNING, 1), next.phases());
        network.byVf += 2;
        pass(next, 1);
        assertByPrimary();
    }

    @Test
    void shouldUndoForAGuestThatHasGoneMeanwhile() throws InterruptedException {
        libvirt.hasJob = true;
        hear(agent(), UNPLUG);
        libvirt.state = "";
        Agent next = agent();
        assertByPrimary();
        assertEquals(Map.of(), next.phases());
        assertEquals(List.of(), new TakenFile(folder.resolve("agent.json"), (level, text) -> {}).read());
    }

    @Test
    void shouldLeaveAloneWhatIsSomebodyElses() throws InterruptedException {
        network.entries.put(MAC, "tap07");
        network.filters.add(MAC);
        Agent agent = agent();
        libvirt.hasJob = true;
        hear(agent, UNPLUG);
        assertEquals(Map.of(MAC, "tap07"), network.entries);
        assertTrue(said.toString().contains("which is somebody else's: it is left alone"), said::toString);
        libvirt.state = "";
        hear(agent, libvirt("lifecycle", "Stopped Migrated"));
        assertEquals(Map.of(MAC, "tap07"), network.entries);
        assertEquals(Set.of(MAC), network.filters);
        assertEquals(List.of(), network.changes);
    }

    @Test
    void shouldSayWhatFailsAndTryItAgain() throws InterruptedException, IOException {
        Agent agent = agent();
        libvirt.hasJob = true;
        hear(agent, UNPLUG);
        network.fails = true;
        libvirt.state = "";
        hear(agent, libvirt("lifecycle", "Stopped Migrated"));
        assertByStandby();
        assertTrue(said.toString().contains("Operation not permitted"), said::toString);
        assertTrue(Files.readString(folder.resolve("audit")).contains("\"code\":2,\"result\":\"RTNETLINK"));
        assertEquals(2, agent.audit().failed());
        network.fails = false;
        pass(agent, 11);
        assertByPrimary();
        assertEquals(4, agent.audit().done());
    }

    @Test
    void shouldTryAgainToHelpAGuestThatStays() throws InterruptedException {
        Agent agent = agent();
        network.fails = true;
        libvirt.primary = "";
        hear(agent, libvirt("device-removed", "ua-vf"));
        assertByPrimary();
        network.fails = false;
        pass(agent, 1);
        assertByPrimary();
        pass(agent, 11);
        assertByStandby();
    }

    /** A guest may load its driver as often as it likes. */
    @Test
    void shouldRateAGuestsWord() throws InterruptedException {
        Agent agent = agent();
        for (int i = 0; i < 300; i++) {
            agent.take(NEGOTIATED);
            agent.take(RESUME);
            agent.take(libvirt("device-removed", "ua-vf"));
        }
        agent.step(now);
        assertByStandby();
        assertTrue(network.changes.size() <= 2, network.changes::toString);
        // What it is in the end is looked at once its events are fewer.
        pass(agent, 11);
        network.byVf += 2;
        pass(agent, 1);
        assertByPrimary();
    }

    @Test
    void shouldDoNothingForDevicesOfNoPair() throws InterruptedException {
        Agent agent = agent();
        hear(
                agent,
                libvirt("device-removed", "ua-other"),
                qemu("UNPLUG_PRIMARY", "{\"device-id\":\"../../etc\"}"),
                qemu("UNPLUG_PRIMARY", "{"),
                UNPLUG.replace("vm01", "vm99"),
                "garbage");
        assertEquals(List.of(), network.changes);
    }

    @Test
    void shouldKnowPairsThatNoDocumentNames() throws InterruptedException {
        libvirt.standby = FakeLibvirt.STANDBY
                .replace("<teaming type='persistent'/>", "")
                .replace(MAC, "52:54:00:00:99:99")
                .replace("ua-backup0", "net0");
        libvirt.primary = "<hostdev mode='subsystem' type='pci'><source><address bus='1' slot='0x10'/></source><alias"
                + " name='hostdev0'/></hostdev>";
        libvirt.stored = "";
        assertEquals(Map.of(), agent().phases());
        named.add(PairName.parse("--pair", "*/net0=0000:01:10.0"));
        Agent agent = agent();
        hear(agent, libvirt("device-removed", "hostdev0"));
        // Frames for the primary's own address, which its PF tells.
        assertByStandby();
        for (String bad : List.of("net0=hostdev0", "vm01/net0", "vm01/net0=a b", "/net0=x", "vm01/-=")) {
            assertThrows(UserException.class, () -> PairName.parse("--pair", bad + "\n"), bad);
        }
    }

    @Test
    void shouldTouchNothingWhereLibvirtCannotBeAsked() throws InterruptedException {
        Agent agent = agent();
        libvirt.hasJob = true;
        hear(agent, UNPLUG);
        libvirt.isAway = true;
        pass(agent, 3);
        assertByStandby();
        assertThrows(UserException.class, this::agent);
        assertByStandby();
    }

    @Test
    void shouldCountWhatItDoes() throws InterruptedException {
        Agent agent = agent();
        hear(agent, UNPLUG);
        Set<String> names = new TreeSet<>();
        new AgentCollector(agent)
                .collect()
                .forEach(snapshot -> snapshot.getDataPoints()
                        .forEach(point -> names.add(snapshot.getMetadata().getName() + point.getLabels())));
        assertTrue(names.contains("twinport_host_pairs{phase=\"migrating\"}"), names::toString);
        assertTrue(names.contains("twinport_host_events{event=\"unplug_primary\"}"), names::toString);
        assertTrue(names.contains("twinport_host_events{event=\"disabled\"}"), names::toString);
        assertTrue(names.contains("twinport_host_lines_dropped{}"), names::toString);
        assertEquals(2, agent.audit().done());
    }

    @Test
    void shouldTellWhoseWordItIsThatAPrimaryIsEnabled() throws IOException, InterruptedException {
        Agent agent = agent();
        assertEquals(
                List.of(
                        "unplug_primary host ua-vf",
                        "disabled host ua-vf",
                        "migration_failed host -",
                        "enabled guest ua-vf"),
                told(agent, () -> {
                    libvirt.hasJob = true;
                    hear(agent, UNPLUG);
                    libvirt.hasJob = false;
                    hear(agent, qemu("MIGRATION", "{\"status\":\"failed\"}"));
                    network.byVf += 2;
                    pass(agent, 1);
                }));
        assertEquals(
                List.of(
                        "failover_negotiated guest ua-backup0",
                        "disabled host ua-vf",
                        "disabled guest ua-vf",
                        "enabled host ua-vf"),
                told(agent, () -> {
                    hear(agent, NEGOTIATED);
                    network.byTap += 9;
                    pass(agent, 11);
                    pass(agent, 11);
                }));
    }

    @Test
    void shouldTellWhatFails() throws IOException, InterruptedException {
        Agent agent = agent();
        assertEquals(List.of("unplug_primary host ua-vf", "disabled host ua-vf fault"), told(agent, () -> {
            network.fails = true;
            hear(agent, UNPLUG);
        }));
    }

    /** A guest that has gone has no primary here that would be enabled. */
    @Test
    void shouldTellOfAGuestThatLeavesAndComes() throws IOException, InterruptedException {
        Agent agent = agent();
        assertEquals(List.of("device_removed host ua-vf", "disabled host ua-vf", "stopped host -"), told(agent, () -> {
            libvirt.primary = "";
            hear(agent, libvirt("device-removed", "ua-vf"));
            libvirt.state = "";
            hear(agent, libvirt("lifecycle", "Stopped Migrated"));
        }));
        assertEquals(
                List.of("started host -", "resumed host -", "disabled host ua-vf", "enabled guest ua-vf"),
                told(agent, () -> {
                    libvirt.primary = FakeLibvirt.PRIMARY;
                    libvirt.state = "paused (migrating)";
                    hear(agent, libvirt("lifecycle", "Started Migrated"));
                    libvirt.state = "running (migrated)";
                    hear(agent, RESUME);
                    network.byVf += 2;
                    pass(agent, 1);
                }));
        assertEquals(2, agent.feed().count("disabled"));
        assertEquals(1, agent.feed().count("enabled"));
    }

    @Test
    void shouldRefuseFilesThatItCannotUse() throws IOException {
        Files.writeString(folder.resolve("agent.json"), "{");
        assertTrue(String.valueOf(assertThrows(UserException.class, this::agent).getMessage())
                .contains("agent.json, which says what an earlier agent has changed"));
        Files.delete(folder.resolve("agent.json"));
        Files.delete(folder.resolve("audit"));
        Files.createDirectory(folder.resolve("audit"));
        assertThrows(UserException.class, this::agent);
    }
}
