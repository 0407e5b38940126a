package io.twinport.hw;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Links go down and come back, one at a time and both, as a switch or a cable does that. */
@HwScenario("A")
class LinkHwTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void shouldFollowTheLinks(Scenario scenario) {
        Wire wire = scenario.wire();
        WirePort primary = wire.port("primary");
        WirePort standby = wire.port("standby");
        scenario.step("boot a guest with an e1000e and a virtio-net, both under an IOMMU");
        QemuVm guest = scenario.start(scenario.guest("guest")
                .iommu()
                .nic("e1000e", "pr", Scenario.MAC, wire, primary)
                .virtio("sb", Scenario.MAC, wire, standby));
        guest.loadVfio();
        guest.bind("pr", "vfio-pci");
        guest.bind("sb", "vfio-pci");
        scenario.step("start twinport");
        GuestProgram twinport = scenario.start(
                guest,
                "twinport",
                "twinport run --primary " + guest.address("pr") + " --standby " + guest.address("sb")
                        + " --handler generate:1000");
        twinport.awaitLine("ready", SOON);
        twinport.awaitLine("switch \\w+ -> primary", SOON);
        scenario.step("stop it");
        assertEquals(0, twinport.terminate(SOON));
        System.out.println(twinport.output());
    }
}
