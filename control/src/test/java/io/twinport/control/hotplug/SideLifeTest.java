package io.twinport.control.hotplug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.dataplane.device.AdmissionException;
import io.twinport.dataplane.policy.RetryPauses;
import io.twinport.dpdk.MacAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SideLifeTest {
    private static final String ADDRESS = FakeSide.ADDRESS;
    private static final int AWAIT_MILLIS = 10_000;

    /** Longer than a side takes to look at its slot. */
    private static final int LOOK_MILLIS = 350;

    /** Of a device that has just appeared. */
    private static final int PROBES = 8;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final Duration STOP_TIME = Duration.ofSeconds(1);

    private static final List<String> COMING = List.of("probe", "join");
    private static final List<String> GOING = List.of("prepare", "leave", "drain", "stop", "remove");
    private static final List<String> GONE = List.of("leave", "drain", "stop", "remove");
    private static final List<String> ENDING = List.of("leave", "stop", "remove");

    @TempDir
    private Path folder;

    private final FakeSide side = new FakeSide();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private FakeKernel kernel;
    private SideLife life;
    private volatile boolean areInterruptsServed = true;

    @BeforeEach
    void boot() {
        kernel = new FakeKernel(folder);
        kernel.loadVfio();
        life = newLife(true);
    }

    @AfterEach
    void end() {
        stop();
    }

    private SideLife newLife(boolean binds) {
        return newLife(new PciSlot(kernel.bus(), ADDRESS, binds ? Binding.UNUSED : Binding.NONE));
    }

    private SideLife newLife(Slot slot) {
        return new SideLife(
                side,
                slot,
                new DeviceLock(() -> areInterruptsServed),
                (level, line) -> log.add(line),
                RetryPauses.of(PAUSE_NANOS));
    }

    private boolean stop() {
        life.stop();
        return life.awaitStop(STOP_TIME);
    }

    private static void await(String what, BooleanSupplier condition) {
        assertTrue(Pause.until(condition, AWAIT_MILLIS), () -> "waited in vain until " + what);
    }

    private void awaitStory(List<String> story) {
        await(story + ", but " + side.story(), () -> side.story().size() >= story.size());
        assertEquals(story, side.takeStory());
    }

    private void awaitPhase(SideLife.Phase phase) {
        await("it is " + phase, () -> life.phase() == phase);
    }

    /** As a kernel does before it removes a device: its driver's link goes first. */
    private void ask() {
        kernel.bind(ADDRESS, FakeKernel.NO_DRIVER);
        side.ask();
    }

    private long logged(String regex) {
        return log.stream().filter(line -> line.matches(".*" + regex + ".*")).count();
    }

    @Test
    void shouldTakeADeviceThatAppearsAndLetItGoForEver() {
        life.start();
        awaitPhase(SideLife.Phase.ABSENT);
        for (int round = 1; round <= 5; round++) {
            kernel.plug(ADDRESS, "e1000e", 1);
            awaitStory(COMING);
            awaitPhase(SideLife.Phase.JOINED);
            assertEquals("vfio-pci", kernel.bus().find(ADDRESS).orElseThrow().driver());

            long asked = System.nanoTime();
            ask();
            awaitStory(GOING);
            int releases = round;
            await("it is noted", () -> life.releases().size() == releases);
            assertFalse(life.isWantedBack());
            Release release = life.releases().getLast();
            assertTrue(release.leaveNanos() > 0 && release.leaveNanos() < System.nanoTime() - asked);
            assertEquals(3, release.unknownFrames());
            String line = "primary 0000:01:00.0 released on request: off the loop after .* ms, closed in";
            await("it says so", () -> logged(line) == releases);

            kernel.unplug(ADDRESS);
        }
        assertTrue(stop());
        assertEquals(SideLife.Phase.STOPPED, life.phase());
    }

    @Test
    void shouldSeeReplacementThatWasQuickerThanItsLook() {
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        awaitStory(COMING);
        ask();
        awaitStory(GOING);
        kernel.unplug(ADDRESS);
        kernel.plug(ADDRESS, "vfio-pci", 1);
        awaitStory(COMING);
    }

    /** The kernel unlinks the driver first and then asks; whoever has missed the question sees that. */
    @Test
    void shouldSeeInSysfsThatADeviceIsWantedBack() {
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        awaitStory(COMING);
        kernel.bind(ADDRESS, FakeKernel.NO_DRIVER);
        awaitStory(GOING);
    }

    @Test
    void shouldNotTakeAgainWhatWasWantedBackAndIsStillThere() {
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        awaitStory(COMING);
        side.ask();
        awaitStory(GOING);
        Pause.millis(LOOK_MILLIS);
        assertEquals(List.of(), side.story());
    }

    @Test
    void shouldNotTakeAgainWhatTheOperatorHasTakenAwayUntilItIsLentAgain() {
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        awaitStory(COMING);
        kernel.bind(ADDRESS, FakeKernel.NO_DRIVER);
        awaitStory(GOING);
        kernel.bind(ADDRESS, "e1000e");
        Pause.millis(LOOK_MILLIS);
        assertEquals(List.of(), side.story());
        kernel.bind(ADDRESS, "vfio-pci");
        awaitStory(COMING);
    }

    @Test
    void shouldGiveDeviceBackAtTheEnd() {
        kernel.plug(ADDRESS, "e1000e", 1);
        life.start();
        awaitStory(COMING);
        assertTrue(stop());
        awaitStory(ENDING);
        assertEquals("e1000e", kernel.bus().find(ADDRESS).orElseThrow().driver());
    }

    @Test
    void shouldWaitForTheOperatorToLendADeviceThatItMayNotTake() {
        life = newLife(false);
        life.start();
        awaitPhase(SideLife.Phase.ABSENT);
        kernel.plug(ADDRESS, "e1000e", 1);
        await("it says so", () -> logged("waiting until it is lent to DPDK") == 1);
        Pause.millis(LOOK_MILLIS);
        assertEquals(1, log.size(), log::toString);
        assertEquals(List.of(), kernel.takeWrites());
        kernel.bind(ADDRESS, "vfio-pci");
        awaitStory(COMING);
    }

    @Test
    void shouldKeepADeviceThatItHasTakenFromTheKernel() {
        kernel.plug(ADDRESS, "e1000e", 1);
        life.start();
        awaitStory(COMING);
        Pause.millis(3 * LOOK_MILLIS);
        assertEquals(List.of(), side.takeStory());
        assertEquals(SideLife.Phase.JOINED, life.phase());
    }

    @Test
    void shouldProbeADeviceThatHasJustAppearedAFewTimes() {
        life.start();
        awaitPhase(SideLife.Phase.ABSENT);
        side.probesThatFail = 2;
        kernel.plug(ADDRESS, "e1000e", 1);
        awaitStory(List.of("probe", "probe", "probe", "join"));
        assertEquals(0, logged("cannot join"));
    }

    @Test
    void shouldTryADeviceAgainForEver() {
        life.start();
        awaitPhase(SideLife.Phase.ABSENT);
        side.probesThatFail = PROBES + 5;
        kernel.plug(ADDRESS, "e1000e", 1);
        awaitPhase(SideLife.Phase.FAILED);
        assertEquals("rte_dev_probe() failed: -19 ENODEV (no such device)", life.trouble());
        assertEquals("vfio-pci", kernel.bus().find(ADDRESS).orElseThrow().driver(), "nobody else has it meanwhile");
        awaitPhase(SideLife.Phase.JOINED);
        assertEquals(
                PROBES + 5, side.takeStory().stream().filter("probe"::equals).count() - 1);
        assertEquals(6, life.attempts(), "one after the other, when it is not new any more");
        assertEquals("", life.trouble());
        assertEquals(1, logged("cannot join: rte_dev_probe.*tried again"), log::toString);
    }

    @Test
    void shouldTryAtOnceWhenItIsToldTo() {
        life = new SideLife(
                side,
                new PciSlot(kernel.bus(), ADDRESS, Binding.UNUSED),
                new DeviceLock(() -> true),
                (level, line) -> log.add(line));
        kernel.plug(ADDRESS, "vfio-pci", 1);
        for (int tries = 0; tries < 6; tries++) { // by itself it would take half a minute
            side.probesThatFail++;
        }
        life.start();
        for (int attempt = 1; attempt <= 6; attempt++) {
            int last = attempt;
            await("it has failed", () -> life.attempts() == last);
            life.tryNow();
        }
        awaitPhase(SideLife.Phase.JOINED);
    }

    @Test
    void shouldRefuseAWrongMacAndLookAgainWhenItIsAnotherDevice() {
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        awaitStory(COMING);
        side.hasWrongMac = true;
        ask();
        awaitStory(GOING);
        kernel.unplug(ADDRESS);
        kernel.plug(ADDRESS, "vfio-pci", 1);
        awaitStory(Collections.nCopies(PROBES, List.of("probe", "remove")).stream()
                .flatMap(List::stream)
                .toList());
        await("it says so", () -> logged("primary 0000:01:00.0 cannot join: another MAC address") == 1);
        side.hasWrongMac = false;
        Pause.millis(LOOK_MILLIS);
        assertEquals(List.of(), side.story(), "it is still the device with the wrong address");
        kernel.unplug(ADDRESS);
        kernel.plug(ADDRESS, "vfio-pci", 1);
        awaitStory(COMING);
    }

    /** mlx5 says that a device has gone, and mends it: it is bound to its driver all the time. */
    @Test
    void shouldTakeADeviceAgainThatItsDriverHasMended() {
        kernel.plug(ADDRESS, "mlx5_core", -1);
        kernel.addRdma(ADDRESS);
        life.start();
        awaitStory(COMING);
        side.ask(); // the driver says so; nobody unbinds it
        awaitStory(GOING);
        Pause.millis(LOOK_MILLIS);
        assertEquals(List.of(), side.story(), "it is as it was when it was given up");
        kernel.removeRdma(ADDRESS);
        Pause.millis(LOOK_MILLIS);
        kernel.addRdma(ADDRESS);
        awaitStory(COMING);
        assertEquals(List.of(), kernel.takeWrites(), "it has stayed with its driver");
    }

    @Test
    void shouldNotTakeAFailureForTheUsersMistake() {
        side.probesThatFail = 1;
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        await("it is known", life::isSettled);
        assertEquals(Optional.empty(), life.mistake());
        awaitPhase(SideLife.Phase.JOINED);
        assertTrue(life.isHad());
    }

    /** A host gives a VF its address, and may do that later. */
    @Test
    void shouldLeaveADeviceAloneWhoseAddressIsWrong() {
        side.hasWrongMac = true;
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        awaitPhase(SideLife.Phase.REFUSED);
        assertEquals(Optional.empty(), life.mistake());
        assertEquals(List.of("probe", "remove"), side.takeStory());
        Pause.millis(LOOK_MILLIS);
        assertEquals(List.of(), side.story());

        side.hasWrongMac = false;
        life.tryNow();
        awaitPhase(SideLife.Phase.JOINED);
    }

    /** Nobody but the user decides what a virtual device is. */
    @Test
    void shouldTakeAVirtualDeviceThatIsNotThePortsForAMistake() {
        side.hasWrongMac = true;
        life = newLife(Slot.VIRTUAL);
        life.start();
        awaitPhase(SideLife.Phase.REFUSED);
        assertInstanceOf(AdmissionException.class, life.mistake().orElseThrow());
    }

    /** R16: with {@code auto} a device with another address is none of ours, and no reason to end. */
    @Test
    void shouldLookFurtherWhereADeviceIsOnlyOneOfSeveral() {
        life = newLife(new SearchSlot(
                kernel.bus(),
                () -> Optional.of(MacAddress.parse("52:54:00:00:00:01")),
                address -> false,
                Binding.NONE));
        side.hasWrongMac = true;
        kernel.plugNic("0000:01:00.0", "vfio-pci", "52:54:00:00:00:02");
        kernel.plugNic("0000:02:00.0", "vfio-pci", "52:54:00:00:00:03");
        life.start();
        await("both were probed", () -> logged("is another device: another MAC address") == 2);
        await("it waits", () -> life.phase() == SideLife.Phase.ABSENT);
        assertFalse(life.isHad());
        side.hasWrongMac = false;
        side.takeStory();
        kernel.plugNic("0000:03:00.0", "vfio-pci", "52:54:00:00:00:01");
        awaitStory(COMING);
    }

    @Test
    void shouldStopAndStartADeviceThatIsDeafAfterItsLinkWasAway() {
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        awaitStory(COMING);
        side.needsRestart = true;
        awaitStory(List.of("leave", "drain", "stop", "start"));
        await("it says so", () -> logged("stopped and started") == 1);
        assertEquals(SideLife.Phase.JOINED, life.phase());
        ask();
        awaitStory(GOING);
    }

    @Test
    void shouldProbeADeviceAnewThatCannotBeStartedAgain() {
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        awaitStory(COMING);
        side.failsToRestart = true;
        side.needsRestart = true;
        awaitStory(List.of("leave", "drain", "stop", "start", "remove", "probe", "join"));
    }

    @Test
    void shouldNeverTouchADeviceThatTheLoopDoesNotLetGoOf() {
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        awaitStory(COMING);
        side.isLoopStuck = true;
        ask();
        await("it says so", () -> logged("the poll loop still uses it") == 1);
        assertTrue(life.isWantedBack(), "the watchdog sees it");
        assertEquals(List.of("prepare"), side.story());
        side.isLoopStuck = false;
        awaitStory(GOING);
        await("it is answered", () -> !life.isWantedBack());
    }

    @Test
    void shouldSayThatItIsNotCleanWhenTheLoopDoesNotLetGo() {
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        awaitStory(COMING);
        side.isLoopStuck = true;
        assertFalse(stop());
        assertEquals(List.of(), side.story());
        side.isLoopStuck = false;
    }

    /** Nobody waits for it, so the watchdog has no say; and what is to come by it yet does not. */
    @Test
    void shouldRemoveADeviceThatHasGoneWithoutARequest() {
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        awaitStory(COMING);
        side.isLoopStuck = true;
        kernel.unplug(ADDRESS);
        await("it says so", () -> logged("the poll loop still uses it") == 1);
        assertFalse(life.isWantedBack(), "nobody waits");
        side.isLoopStuck = false;
        awaitStory(GONE);
        await("it says so", () -> logged("primary 0000:01:00.0 has gone: off the loop after") == 1);
        kernel.plug(ADDRESS, "vfio-pci", 1);
        awaitStory(COMING);
    }

    /** Its driver says that it has gone, and sysfs shows the same device a moment longer, or all the time. */
    @Test
    void shouldTryADeviceAgainThatItsDriverHasGivenUp() {
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        awaitStory(COMING);
        for (int round = 0; round < 3; round++) {
            side.isGone = true;
            awaitStory(GONE);
            awaitStory(COMING);
        }
    }

    @Test
    void shouldRemoveADeviceThatCannotBeStopped() {
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        awaitStory(COMING);
        side.failsToStop = true;
        ask();
        awaitStory(GOING);
        assertEquals(1, logged("cannot be stopped: rte_eth_dev_stop"), log::toString);
        await("it is answered", () -> !life.isWantedBack());
        kernel.unplug(ADDRESS);
        kernel.plug(ADDRESS, "vfio-pci", 1);
        awaitStory(COMING);
    }

    /** The loop has the command to take it in its ring, and may yet obey: then it lets go of it again. */
    @Test
    void shouldWithdrawADeviceThatTheLoopHasNotTaken() {
        side.isNotTakenByTheLoop = true;
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        awaitStory(Stream.of(List.of("probe", "join"), GONE, COMING)
                .flatMap(List::stream)
                .toList());
        awaitPhase(SideLife.Phase.JOINED);
    }

    /** DPDK panics when a device is closed under its interrupt thread. */
    @Test
    void shouldTouchNoDeviceWhileTheInterruptThreadHangs() {
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        awaitStory(COMING);
        areInterruptsServed = false;
        ask();
        awaitStory(List.of("prepare", "leave"));
        Pause.millis(LOOK_MILLIS);
        assertEquals(List.of(), side.story());
        assertTrue(life.isWantedBack());
        areInterruptsServed = true;
        awaitStory(List.of("drain", "stop", "remove"));
    }

    /** Whatever the slot or the plan throws. */
    @Test
    void shouldOutliveWhatShouldNotHappen() {
        AtomicInteger looks = new AtomicInteger();
        life = newLife(new Slot() {
            @Override
            public Optional<Occupant> look() {
                if (looks.incrementAndGet() <= 3) {
                    throw new IllegalStateException("it cannot be looked at");
                }
                return Optional.of(new Occupant("there", "", true));
            }

            @Override
            public boolean comesAndGoes() {
                return true;
            }
        });
        life.start();
        awaitPhase(SideLife.Phase.JOINED);
        assertEquals(1, logged("cannot join: it cannot be looked at"), log::toString);
    }
}
