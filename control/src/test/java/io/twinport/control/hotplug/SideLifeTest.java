package io.twinport.control.hotplug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.MacAddress;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
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

    private static final List<String> COMING = List.of("probe", "join");
    private static final List<String> GOING = List.of("prepare", "leave", "drain", "stop", "remove");
    private static final List<String> ENDING = List.of("leave", "stop", "remove");

    @TempDir
    private Path folder;

    private final FakeSide side = new FakeSide();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private FakeKernel kernel;
    private SideLife life;

    @BeforeEach
    void boot() {
        kernel = new FakeKernel(folder);
        kernel.loadVfio();
        life = newLife(true);
    }

    @AfterEach
    void end() {
        life.stop();
    }

    private SideLife newLife(boolean binds) {
        return new SideLife(
                side,
                new PciSlot(kernel.bus(), ADDRESS, binds ? Binding.UNUSED : Binding.NONE),
                new ReentrantLock(),
                (level, line) -> log.add(line));
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
        assertTrue(life.stop());
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
        assertTrue(life.stop());
        awaitStory(ENDING);
        assertEquals("e1000e", kernel.bus().find(ADDRESS).orElseThrow().driver());
    }

    @Test
    void shouldWaitForTheOperatorToLendADeviceThatItMayNotTake() {
        life = newLife(false);
        life.start();
        awaitPhase(SideLife.Phase.ABSENT);
        kernel.plug(ADDRESS, "e1000e", 1);
        await("it says so", () -> logged("waiting for it to be lent to DPDK") == 1);
        Pause.millis(LOOK_MILLIS);
        assertEquals(1, log.size(), log::toString);
        assertEquals(List.of(), kernel.takeWrites());
        kernel.bind(ADDRESS, "vfio-pci");
        awaitStory(COMING);
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
    void shouldGiveUpProbingUntilItIsAnotherDevice() {
        life.start();
        awaitPhase(SideLife.Phase.ABSENT);
        side.probesThatFail = 100;
        kernel.plug(ADDRESS, "e1000e", 1);
        awaitPhase(SideLife.Phase.REFUSED);
        assertEquals(PROBES, side.takeStory().size());
        assertEquals("e1000e", kernel.bus().find(ADDRESS).orElseThrow().driver(), "it was given back");
        Pause.millis(LOOK_MILLIS);
        assertEquals(List.of(), side.story());

        side.probesThatFail = 0;
        kernel.unplug(ADDRESS);
        kernel.plug(ADDRESS, "e1000e", 1);
        awaitStory(COMING);
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
    void shouldFailAtOnceWithADeviceThatIsThereFromTheStart() {
        side.probesThatFail = 1;
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        CompletionException e =
                assertThrows(CompletionException.class, () -> life.first().join());
        assertInstanceOf(DpdkException.class, e.getCause());
        assertEquals(List.of("probe"), side.story());
        assertEquals(List.of(), log, "the caller tells it");
    }

    @Test
    void shouldFailWithADeviceWhoseAddressIsWrongFromTheStart() {
        side.hasWrongMac = true;
        kernel.plug(ADDRESS, "vfio-pci", 1);
        life.start();
        CompletionException e =
                assertThrows(CompletionException.class, () -> life.first().join());
        assertInstanceOf(UserException.class, e.getCause());
    }

    /** R16: with {@code auto} a device with another address is none of ours, and no reason to end. */
    @Test
    void shouldLookFurtherWhereADeviceIsOnlyOneOfSeveral() {
        life = new SideLife(
                side,
                new SearchSlot(
                        kernel.bus(),
                        () -> Optional.of(MacAddress.parse("52:54:00:00:00:01")),
                        address -> false,
                        Binding.NONE),
                new ReentrantLock(),
                (level, line) -> log.add(line));
        side.hasWrongMac = true;
        kernel.plugNic("0000:01:00.0", "vfio-pci", "52:54:00:00:00:02");
        kernel.plugNic("0000:02:00.0", "vfio-pci", "52:54:00:00:00:03");
        life.start();
        await("both were probed", () -> logged("is not the one: another MAC address") == 2);
        await("it waits", () -> life.phase() == SideLife.Phase.ABSENT);
        assertFalse(life.first().isDone());
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
        await("it says so", () -> logged("the poll loop does not let go of it") == 1);
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
        assertFalse(life.stop());
        assertEquals(List.of(), side.story());
    }
}
