package io.twinport.hw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** QEMU's {@code failover=on} with DPDK's driver at the standby: nothing would tell the operator what does not happen. */
@Tag("long")
@HwScenario("K")
class StandbyTrapHwTest {
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void shouldSayWhatHypervisorWillNotDo(Scenario scenario) {
        Wire wire = scenario.wire();
        scenario.step("boot a guest with failover=on");
        QemuVm guest = scenario.start(
                StandbyBitHwTest.pair(scenario.guest("guest"), wire, wire.port("standby"), wire.port("primary")));
        guest.loadVfio();

        scenario.step("start twinport with DPDK's driver");
        GuestProgram alone = run(scenario, guest, "alone");
        alone.awaitLine("standby 0000:01:00.0 .*net_virtio.* joined", START);
        assertEquals(
                1,
                alone.lines("warning: .*So the primary will never be plugged in")
                        .size(),
                alone::toString);
        assertEquals(1, alone.lines("leave out --standby-driver dpdk").size(), alone::toString);
        assertFalse(acknowledged(guest), "and so it is");
        assertFalse(StandbyBitHwTest.isThere(guest, "pr"));
        assertEquals(0, alone.terminate(SOON), alone::toString);

        scenario.step("let the kernel's driver negotiate, then start twinport again");
        guest.shell().run("modprobe virtio_net");
        guest.bind("sb", "virtio-pci");
        guest.qmp().awaitEvent("FAILOVER_NEGOTIATED", SOON);
        guest.shell().await("test -e /sys/bus/pci/devices/" + guest.address("pr"), SOON);
        assertTrue(acknowledged(guest));
        GuestProgram second = run(scenario, guest, "second");
        second.awaitLine("primary 0000:02:00.0 .* joined", START);
        second.awaitLine("standby 0000:01:00.0 .*net_virtio.* joined", START);
        assertEquals(1, second.lines("warning: .*a migration will not wait").size(), second::toString);
        assertFalse(acknowledged(guest), "and so it is");
        assertEquals(0, second.terminate(SOON), second::toString);

        scenario.step("leave the driver to twinport");
        GuestProgram third = scenario.start(guest, "third", command(guest));
        third.awaitLine("standby 0000:01:00.0 is driven by twinport, because it offers VIRTIO_NET_F_STANDBY", START);
        third.awaitLine("standby 0000:01:00.0 .*STANDBY acknowledged.* joined", START);
        assertEquals(0, third.lines("warning").size(), third::toString);
        assertTrue(acknowledged(guest));
        assertEquals(0, third.terminate(SOON), third::toString);
    }

    private static GuestProgram run(Scenario scenario, QemuVm guest, String name) {
        return scenario.start(guest, name, command(guest) + " --standby-driver dpdk");
    }

    private static String command(QemuVm guest) {
        return "twinport run --bind --primary " + guest.address("pr") + " --standby " + guest.address("sb");
    }

    /**
     * Whether the driver that runs has acknowledged STANDBY, as QEMU sees it. The event alone does not tell: it also comes
     * when a driver that does not follows one that did, because QEMU takes the features half by half.
     */
    private static boolean acknowledged(QemuVm guest) {
        return guest.qmp()
                .execute("x-query-virtio-status", Map.of("path", "/machine/peripheral/sb/virtio-backend"))
                .path("guest-features")
                .toString()
                .contains("VIRTIO_NET_F_STANDBY");
    }
}
