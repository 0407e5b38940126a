package io.twinport.hw;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.qmp.QmpException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The primary is pulled while twinport cannot answer. What was only stopped goes on where it was; what hangs is ended by
 * the watchdog, so that the guest gets the device; and what is dead has lost it already.
 */
@Tag("long")
@HwScenario("G")
class WatchdogHwTest {
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final Duration UNPLUG = Duration.ofSeconds(3);
    private static final int RELEASE_SECONDS = 2;

    /** Of a process that ended because it could not give a device back. */
    private static final int NOT_RELEASED = 3;

    private static final int KILLED = 137;

    @Test
    void shouldGoOnAfterItWasStoppedForLongerThanTheWatchdogWaits(Scenario scenario) {
        QemuVm guest = boot(scenario);
        GuestProgram twinport = start(scenario, guest);
        scenario.step("stop the process, and pull the primary");
        twinport.signal("STOP");
        guest.requestUnplug("pr");
        assertThrows(QmpException.class, () -> guest.awaitUnplugged("pr", Duration.ofSeconds(2 * RELEASE_SECONDS)));
        scenario.step("let it go on");
        twinport.signal("CONT");
        guest.awaitUnplugged("pr", UNPLUG);
        twinport.awaitLine("primary 0000:01:00.0 released on request", SOON);
        guest.plug("pr");
        twinport.awaitCount("primary 0000:01:00.0 .*joined", 2, SOON);
        twinport.awaitLine("switch standby -> primary", SOON);
        assertEquals(0, twinport.terminate(SOON), twinport::toString);
    }

    @Test
    void shouldEndTheProcessWhenAThreadHangs(Scenario scenario) {
        QemuVm guest = boot(scenario);
        guest.shell()
                .run("mkdir -p /cgroup && mount -t cgroup2 none /cgroup && mkdir /cgroup/frozen"
                        + " && echo threaded > /cgroup/frozen/cgroup.type");
        for (String thread : new String[] {"poll", "side-primary"}) {
            GuestProgram twinport = start(scenario, guest);
            scenario.step("freeze the thread " + thread + ", and pull the primary");
            freeze(guest, twinport, thread);
            long start = System.nanoTime();
            guest.requestUnplug("pr");
            guest.awaitUnplugged("pr", Duration.ofSeconds(RELEASE_SECONDS).plus(UNPLUG));
            scenario.step("it was gone after " + (System.nanoTime() - start) / 1_000_000 + " ms");
            assertEquals(NOT_RELEASED, twinport.waitFor(SOON), twinport::toString);
            assertEquals(
                    1,
                    twinport.lines("^twinport: primary 0000:01:00.0 has not been given back within 2.0 s.*ending the"
                                    + " process")
                            .size(),
                    twinport::toString);
            assertEquals(0, twinport.lines("released on request").size(), "nobody closes a device under a loop");
            guest.shell().run("echo 0 > /cgroup/frozen/cgroup.freeze");
            guest.plug("pr");
            guest.shell().await("test -e /sys/bus/pci/devices/0000:01:00.0", SOON);
        }
    }

    @Test
    void shouldLeaveTheDeviceToTheKernelWhenItIsKilled(Scenario scenario) {
        QemuVm guest = boot(scenario);
        GuestProgram twinport = start(scenario, guest);
        twinport.signal("STOP");
        guest.requestUnplug("pr");
        Pause.millis(500);
        scenario.step("kill it while it is asked for the primary");
        twinport.signal("KILL");
        guest.awaitUnplugged("pr", UNPLUG);
        assertEquals(KILLED, twinport.waitFor(SOON));
        guest.plug("pr");
        guest.shell().await("test -e /sys/bus/pci/devices/0000:01:00.0", SOON);
        scenario.step("start it again");
        GuestProgram second = start(scenario, guest);
        assertEquals(0, second.terminate(SOON), second::toString);
    }

    private static QemuVm boot(Scenario scenario) {
        Wire wire = scenario.wire();
        scenario.step("boot a guest");
        QemuVm guest = scenario.start(scenario.guest("guest")
                .iommu()
                .nic("e1000e", "pr", Scenario.MAC, wire, wire.port("primary"))
                .virtio("sb", Scenario.MAC, wire, wire.port("standby")));
        guest.loadVfio();
        return guest;
    }

    private static GuestProgram start(Scenario scenario, QemuVm guest) {
        scenario.step("start twinport");
        GuestProgram twinport = scenario.start(
                guest,
                "twinport",
                "twinport run --bind --release-seconds " + RELEASE_SECONDS + " --primary " + guest.address("pr")
                        + " --standby " + guest.address("sb") + " --handler generate:500");
        twinport.awaitLine("switch \\w+ -> primary", SOON);
        twinport.awaitLine("standby .*joined", SOON);
        assertTrue(twinport.isAlive());
        return twinport;
    }

    private static void freeze(QemuVm guest, GuestProgram twinport, String thread) {
        String task = guest.shell()
                .run("cd /proc/" + twinport.pid() + "/task; for t in *; do if [ \"$(cat $t/comm)\" = " + thread
                        + " ]; then echo $t; fi; done");
        // The process has to be in the threaded domain's root, which is the mounted one.
        guest.shell()
                .run("echo " + task + " > /cgroup/frozen/cgroup.threads && echo 1 > /cgroup/frozen/cgroup.freeze"
                        + " && for i in $(seq 50); do grep -q 'frozen 1' /cgroup/frozen/cgroup.events && break;"
                        + " usleep 100000; done && grep -q 'frozen 1' /cgroup/frozen/cgroup.events");
    }
}
