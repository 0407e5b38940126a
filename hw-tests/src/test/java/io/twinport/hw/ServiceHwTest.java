package io.twinport.hw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The service as a guest has it: a configuration file that names no device. It finds the pair, takes it from the kernel,
 * lives through a lost link, each side being pulled out and plugged in again and the clock being set, and obeys its operator.
 */
@Tag("long")
@HwScenario("N")
class ServiceHwTest {
    /** An emulated CPU takes ten seconds and more to start a JVM, and longer beside a poll loop. */
    private static final Duration START = Duration.ofSeconds(180);

    private static final Duration SOON = Duration.ofSeconds(30);

    /** Of a process that has just started: {@code --release-seconds}. */
    private static final Duration UNPLUG = Duration.ofSeconds(5);

    private static final int PER_SECOND = 500;

    /** Of each of the primary's goings, until the switch has learnt the other way. */
    private static final int LOST_IN_A_ROUND = PER_SECOND / 5;

    private static final String FILE = "/run/guest.yaml";
    private static final List<String> CONFIGURATION = List.of(
            "name: guest",
            "cnc-dir: /run/twinport",
            "ports:",
            "  wan:",
            "    primary: auto",
            "    standby: auto",
            "    bind: true",
            "    failback: at-once",
            "    handler: generate:" + PER_SECOND + ":" + Wire.HOST_MAC);

    @Test
    void shouldServeByItsFileAlone(Scenario scenario) {
        Wire wire = scenario.wire();
        WirePort primary = wire.port("primary");
        WirePort standby = wire.port("standby");
        scenario.step("boot a guest with an e1000e and a virtio-net of one address, which the kernel's drivers have");
        QemuVm guest = scenario.start(scenario.guest("guest")
                .iommu()
                .nic("e1000e", "pr", Scenario.MAC, wire, primary)
                .virtio("sb", Scenario.MAC, wire, standby));
        guest.loadVfio();
        guest.shell().run("modprobe e1000e; modprobe virtio_net");
        guest.shell().run("printf '%s\\n' '" + String.join("' '", CONFIGURATION) + "' > " + FILE);

        scenario.step("start twinport with " + FILE);
        GuestProgram twinport = scenario.start(guest, "twinport", "twinport run -c " + FILE);
        String primaryAddress = guest.address("pr");
        String standbyAddress = guest.address("sb");
        twinport.awaitLine("primary " + primaryAddress + " taken from the kernel's driver e1000e", START);
        twinport.awaitLine("standby " + standbyAddress + " .*joined", START);
        twinport.awaitLine("primary " + primaryAddress + " .*joined", START);
        twinport.awaitLine("switch \\w+ -> primary", SOON);
        twinport.awaitLine("standby link up", SOON);
        wire.startSending(Scenario.MAC, PER_SECOND);
        wire.awaitTraffic(primary, SOON);

        scenario.step("cut the primary and restore it");
        guest.setLink("pr", false);
        twinport.awaitLine("switch primary -> standby, cause: primary link down", SOON);
        wire.awaitTraffic(standby, SOON);
        guest.setLink("pr", true);
        twinport.awaitCount("switch standby -> primary", 2, SOON);
        wire.awaitTraffic(primary, wire.arrivals().end(), SOON);

        scenario.step("pull the primary and plug it in");
        guest.requestUnplug("pr");
        guest.awaitUnplugged("pr", UNPLUG);
        twinport.awaitLine("primary " + primaryAddress + " released on request", SOON);
        wire.awaitTraffic(standby, wire.arrivals().end(), SOON);
        guest.plug("pr");
        twinport.awaitCount("primary " + primaryAddress + " .*joined", 2, SOON);
        twinport.awaitCount("switch standby -> primary", 3, SOON);
        wire.awaitTraffic(primary, wire.arrivals().end(), SOON);

        scenario.step("pull the standby and plug it in");
        guest.requestUnplug("sb");
        guest.awaitUnplugged("sb", UNPLUG);
        twinport.awaitLine("standby " + standbyAddress + " released on request", SOON);
        guest.plug("sb");
        twinport.awaitCount("standby " + standbyAddress + " .*joined", 2, SOON);
        twinport.awaitCount("standby link up", 2, SOON);

        scenario.step("set the clock on by a day");
        int switches = twinport.lines("switch ").size();
        guest.shell().run("date -s @$(($(date +%s) + 86400))");
        twinport.awaitLine("the clock has been set by \\+86\\d{3}\\.\\d s", SOON);
        wire.awaitTraffic(primary, wire.arrivals().end(), SOON);
        assertEquals(switches, twinport.lines("switch ").size(), twinport::toString);

        scenario.step("the operator takes the traffic off the primary, and asks");
        operate(guest, "switch standby --name guest --cnc-dir /run/twinport");
        twinport.awaitLine("switch primary -> standby, cause: standby forced", SOON);
        wire.awaitTraffic(standby, wire.arrivals().end(), SOON);
        String ports = operate(guest, "show ports --name guest --cnc-dir /run/twinport");
        scenario.step(ports);
        assertTrue(ports.contains(primaryAddress) && ports.contains(standbyAddress), ports);
        wire.stopSending();
        assertEquals(0, twinport.terminate(SOON), twinport::toString);
        assertEquals(List.of(), twinport.lines("Exception|^\\d+ times:|not back in the pool"), twinport::toString);
        for (String device : List.of("pci/devices/" + primaryAddress, "virtio/devices/*")) {
            guest.shell().run("test -e /sys/bus/" + device + "/driver"); // the kernel has it back
        }

        Ledger ledger = Ledger.of(twinport, wire);
        scenario.step(ledger.toString());
        assertEquals(0, ledger.duplicated(), ledger::toString);
        assertTrue(ledger.lostOut() >= 0 && ledger.lostOut() <= LOST_IN_A_ROUND, ledger::toString);
        assertTrue(ledger.lostIn() >= 0 && ledger.lostIn() <= 4 * LOST_IN_A_ROUND, ledger::toString);
    }

    private static String operate(QemuVm guest, String command) {
        return guest.shell().run("twinport " + command, START);
    }
}
