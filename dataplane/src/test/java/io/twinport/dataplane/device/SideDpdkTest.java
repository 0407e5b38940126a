package io.twinport.dataplane.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.engine.Lcore;
import io.twinport.dataplane.handler.Sink;
import io.twinport.dataplane.line.BarePort;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.loop.StuckLoopException;
import io.twinport.dataplane.testing.LoopRig;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.VirtioWire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** U6: no device is stopped, closed or removed while a poll loop may use it. */
class SideDpdkTest {
    private static final int MEMBER = 0;
    private static final int SIDE = 1;

    @TempDir
    Path folder;

    private LoopRig rig;
    private final AtomicLong received = new AtomicLong();
    private final AtomicBoolean blocks = new AtomicBoolean();
    private final CountDownLatch blocked = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private BarePort port;
    private Sink sink;

    @BeforeEach
    void makeRig() {
        rig = new LoopRig(folder);
        port = new BarePort();
        sink = new Sink(port);
    }

    @AfterEach
    void endRig() {
        rig.close();
    }

    /** A net_null has 32 frames for each poll, so the count shows whether the loop uses the device. */
    @Test
    void shouldBeUsedFromJoinUntilLeave() throws InterruptedException {
        PollLoop loop = startLoop();
        EthDev dev = EthDev.probe("net_null0");
        Side side = Side.join(dev, rig.pool(), 0, loop.proxy(MEMBER), SIDE);
        Await.until("the loop receives", () -> received.get() > 0);

        assertTrue(side.letGo());

        long last = received.get();
        Thread.sleep(20);
        assertEquals(last, received.get());
        assertTrue(side.remove());
    }

    @Test
    void shouldJoinAndLeaveAgainAndAgain() {
        PollLoop loop = startLoop();
        for (int i = 0; i < 50; i++) {
            long before = received.get();
            Side side = Side.join(EthDev.probe("net_null0"), rig.pool(), 0, loop.proxy(MEMBER), SIDE);
            Await.until("the loop receives", () -> received.get() > before);
            assertTrue(side.remove());
        }
    }

    @Test
    void shouldQuarantineDeviceThatLoopDoesNotLetGoOf() throws InterruptedException {
        PollLoop loop = startLoop();
        EthDev dev = EthDev.probe("net_null0");
        Side side = Side.join(dev, rig.pool(), 0, loop.proxy(MEMBER), SIDE);
        blocks.set(true);
        blocked.await();

        assertFalse(side.letGo());

        assertFalse(side.remove(), "a device that a loop has not left stays as it is");
        assertInUse(side);
        assertStarted(dev);
        // The loop finds the device as it has left it, and goes on with it until it obeys.
        released.countDown();
        Await.until("the loop obeys", side::letGo);
        assertTrue(side.remove());
    }

    /** The loop may have the device from the moment on that it is told. */
    @Test
    void shouldNotStopDeviceThatStuckLoopMayTake() throws InterruptedException {
        PollLoop loop = startLoop();
        EthSide dev = new EthSide(EthDev.probe("net_null0"));
        Side side = Side.of(dev, 0, List.of(loop.proxy(MEMBER)), SIDE);
        dev.configure(rig.pool(), 1);
        side.startDevice();
        blocks.set(true);
        blocked.await();

        assertThrows(StuckLoopException.class, side::enter);

        assertInUse(side);
        released.countDown();
        Await.until("the loop obeys", side::letGo);
        assertTrue(side.remove());
    }

    /** Each call in an order that is not safe, or makes no sense, is refused, and the next right one goes on. */
    @Test
    void shouldRefuseEachOtherOrder() {
        PollLoop loop = startLoop();
        EthSide dev = new EthSide(EthDev.probe("net_null0"));
        Side side = Side.of(dev, 0, List.of(loop.proxy(MEMBER)), SIDE);
        dev.configure(rig.pool(), 1);
        assertThrows(IllegalStateException.class, side::enter, "not started");
        assertTrue(side.letGo(), "no loop has it");
        side.startDevice();
        assertThrows(IllegalStateException.class, side::startDevice, "started");
        assertThrows(IllegalStateException.class, side::rejoin, "started");
        side.enter();
        assertInUse(side);
        assertTrue(side.letGo());
        assertThrows(IllegalStateException.class, side::rejoin, "started yet");
        side.enter();
        assertTrue(side.letGo());
        side.stop();
        side.stop();
        assertThrows(IllegalStateException.class, side::enter, "stopped");
        side.rejoin();
        assertInUse(side);
        assertTrue(side.remove());
        assertThrows(IllegalStateException.class, side::rejoin, "closed");
    }

    @Test
    void shouldLeaveAtOnceWhenLoopHasEnded() {
        PollLoop loop = rig.newLoop(this::poll, port);
        Lcore lcore = rig.start(loop, this::poll);
        Side side = Side.join(EthDev.probe("net_null0"), rig.pool(), 0, loop.proxy(MEMBER), SIDE);
        lcore.close();
        assertTrue(side.remove());
    }

    @Test
    void shouldUndoJoinThatLoopCannotBeToldOf() {
        PollLoop stuck = rig.newLoop(this::poll, port);
        assertThrows(IllegalStateException.class, () -> {
            while (true) {
                stuck.proxy(MEMBER).leave(SIDE, 0);
            }
        });
        EthDev dev = EthDev.probe("net_null0");

        assertThrows(IllegalStateException.class, () -> Side.join(dev, rig.pool(), 0, stuck.proxy(MEMBER), SIDE));

        // A port that is started cannot be configured.
        dev.configure(rig.pool());
        dev.remove();
    }

    /** DPDK's vhost does not always see a burst that is under way when its far end hangs up. */
    @Test
    void shouldKeepFarEndsMemoryMappedUntilPassIsOver() throws Exception {
        PollLoop loop = startLoop();
        AtomicReference<Side> joined = new AtomicReference<>();
        VirtioWire wire = VirtioWire.lay(
                folder,
                0,
                "02:00:00:00:00:01",
                far -> joined.set(Side.join(far, rig.pool(), 0, loop.proxy(MEMBER), SIDE)));
        wire.near().configure(rig.pool());
        wire.near().start();
        Await.until("vhost has its far end", () -> wire.far().isLinkUp());
        blocks.set(true);
        blocked.await();
        long mapped = sharedMappings();

        wire.cut();

        Await.until("vhost knows that it has gone", () -> !wire.far().isLinkUp());
        Thread.sleep(20);
        assertEquals(mapped, sharedMappings(), "the loop may be reading there");
        released.countDown();
        Await.until("vhost unmaps the memory", () -> sharedMappings() < mapped);
        assertTrue(Objects.requireNonNull(joined.get()).remove());
        wire.near().stop();
        wire.near().remove();
    }

    private static long sharedMappings() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains("rw-s")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldTellPortOfLinkThatNoInterruptTells() {
        PollLoop loop = startLoop();
        EthDev dev = EthDev.probe("net_null0");
        assertFalse(dev.hasLinkInterrupts());
        Side side = Side.join(dev, rig.pool(), rig.events(), loop.proxy(MEMBER), SIDE);
        assertEquals(1, EventLine.edges(rig.events()));
        side.watchLink();
        assertEquals(1, EventLine.edges(rig.events()), "nothing has changed");
        assertTrue(side.remove());
    }

    private PollLoop startLoop() {
        PollLoop loop = rig.newLoop(this::poll, port);
        rig.start(loop, this::poll);
        return loop;
    }

    private int poll() {
        if (blocks.getAndSet(false)) {
            blocked.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        int n = sink.poll();
        received.addAndGet(n);
        return n;
    }

    private static void assertInUse(Side side) {
        for (Executable call : List.<Executable>of(side::stop, side::close)) {
            IllegalStateException e = assertThrows(IllegalStateException.class, call);
            assertTrue(String.valueOf(e.getMessage()).contains("a poll loop may use it"), e::toString);
        }
        assertThrows(IllegalStateException.class, side::startDevice);
        assertThrows(IllegalStateException.class, side::enter);
        assertThrows(IllegalStateException.class, side::rejoin);
    }

    private void assertStarted(EthDev dev) {
        assertThrows(io.twinport.dpdk.DpdkException.class, () -> dev.configure(rig.pool()));
    }
}
