package io.twinport.hw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A device is pulled out in order, under load: the kernel asks for it, twinport moves the traffic and lets it go, the guest
 * gives it up; it is plugged in again and twinport takes it back without help.
 */
@HwScenario("B")
class HotplugHwTest {
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final Duration UNPLUG = Duration.ofSeconds(1);

    /** Of a process that has just started: on an emulated CPU its warm-up competes for longer. {@code --release-seconds}. */
    private static final Duration FIRST_UNPLUG = Duration.ofSeconds(5);

    private static final int ROUNDS = 20;
    private static final int PER_SECOND = 500;

    /**
     * In: what comes by the old side after its last poll, until the switch has learnt of the new one. 10 ms of an emulated
     * CPU at work elsewhere are ordinary.
     */
    private static final int LOST_IN_A_ROUND = PER_SECOND / 10;

    @Test
    void shouldLetThePrimaryGoAndTakeItBack(Scenario scenario) {
        run(scenario, 1, 0);
    }

    @Test
    @Tag("long")
    void shouldLetThePrimaryGoAndTakeItBackForEver(Scenario scenario) {
        run(scenario, ROUNDS, 0);
    }

    @Test
    @Tag("long")
    void shouldLetTheStandbyGoAndTakeItBackForEver(Scenario scenario) {
        run(scenario, 0, ROUNDS);
    }

    private static void run(Scenario scenario, int primaryRounds, int standbyRounds) {
        Wire wire = scenario.wire();
        WirePort primary = wire.port("primary");
        WirePort standby = wire.port("standby");
        scenario.step(
                "boot a guest with an e1000e and a virtio-net, both under an IOMMU and with the kernel's drivers");
        QemuVm guest = scenario.start(scenario.guest("guest")
                .iommu()
                .nic("e1000e", "pr", Scenario.MAC, wire, primary)
                .virtio("sb", Scenario.MAC, wire, standby));
        guest.loadVfio();
        guest.shell().run("modprobe e1000e");
        GuestProgram twinport = scenario.start(
                guest,
                "twinport",
                ("twinport run --bind --primary " + guest.address("pr") + " --standby " + guest.address("sb")
                        + " --handler generate:" + PER_SECOND + ":" + Wire.HOST_MAC));
        twinport.awaitLine("primary 0000:01:00.0 taken from the kernel's driver e1000e", SOON);
        twinport.awaitLine("switch \\w+ -> primary", SOON);
        twinport.awaitLine("standby link up", SOON);
        wire.startSending(Scenario.MAC, PER_SECOND);

        Optional<GuestProgram.Resources> resources = Optional.empty();
        for (int round = 1; round <= primaryRounds; round++) {
            scenario.step("round " + round + ": pull the primary");
            long before = wire.arrivals().end();
            guest.requestUnplug("pr");
            guest.awaitUnplugged("pr", round == 1 ? FIRST_UNPLUG : UNPLUG);
            twinport.awaitCount("switch primary -> standby, cause: primary about to leave", round, SOON);
            twinport.awaitCount("primary 0000:01:00.0 released on request", round, SOON);
            wire.awaitTraffic(standby, before, SOON);
            guest.plug("pr");
            twinport.awaitCount("primary 0000:01:00.0.* joined", round + 1, SOON);
            twinport.awaitCount("switch standby -> primary", round, SOON);
            wire.awaitTraffic(primary, wire.arrivals().end(), SOON);
            if (round == 2) {
                resources = Optional.of(twinport.resources());
            }
        }
        for (int round = 1; round <= standbyRounds; round++) {
            scenario.step("round " + round + ": pull the standby");
            guest.requestUnplug("sb");
            guest.awaitUnplugged("sb", UNPLUG);
            twinport.awaitCount("standby 0000:02:00.0 released on request", round, SOON);
            guest.plug("sb");
            twinport.awaitCount("standby 0000:02:00.0.* joined", round + 1, SOON);
            twinport.awaitCount("standby link up", round + 1, SOON);
            if (round == 2) {
                resources = Optional.of(twinport.resources());
            }
        }
        resources.ifPresent(twinport::awaitNoMoreThan);
        wire.stopSending();
        scenario.step("stop twinport");
        assertEquals(0, twinport.terminate(SOON), twinport::toString);
        List<String> drivers = guest.shell()
                .run("basename $(readlink -f /sys/bus/pci/devices/0000:01:00.0/driver)")
                .lines()
                .toList();
        assertEquals(List.of("e1000e"), drivers, "the kernel has it back");
        assertEquals(
                0, twinport.lines("Exception|^\\d+ times:|not back in the pool").size(), twinport::toString);

        Ledger ledger = Ledger.of(twinport, wire);
        scenario.step(ledger.toString());
        twinport.lines("has left \\d+ times").forEach(scenario::step);
        assertEquals(0, ledger.lostOut(), ledger::toString);
        assertEquals(0, ledger.duplicated(), ledger::toString);
        assertTrue(ledger.lostIn() >= 0, ledger::toString);
        assertTrue(ledger.lostIn() <= (long) LOST_IN_A_ROUND * 2 * primaryRounds, ledger::toString);
    }
}
