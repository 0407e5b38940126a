package io.twinport.dataplane.loop;

import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.engine.Lcore;
import io.twinport.dataplane.failover.PortCounter;
import io.twinport.dataplane.handler.Generate;
import io.twinport.dataplane.handler.Reflect;
import io.twinport.dataplane.testing.LoopRig;
import io.twinport.dataplane.warmup.WarmUp;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.EalWorker;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Runs a handler on a failover port over two net_nulls for ten million bursts, and prints what its thread has
 * allocated. The JVM's own safepoint log goes to the same output, between the two markers.
 */
final class QuietLoopMain {
    private static final long BROADCAST = 0xffff_ffff_ffffL;

    static final String BEGIN = "measurement begins";
    static final String END = "measurement ends";
    private static final long BURSTS = 10_000_000;
    private static final int WARM_UP_SECONDS = 2;

    private QuietLoopMain() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("quiet");
        try (LoopRig rig = new LoopRig(folder)) {
            PacketHandler handler = switch (arguments[0]) {
                case "reflect" -> new Reflect(rig.queue());
                case "generate" -> new Generate(rig.queue(), () -> 0x0200_0000_0001L, BROADCAST, 0, 0, 1);
                case "generate-at-rate" ->
                    new Generate(rig.queue(), () -> 0x0200_0000_0001L, BROADCAST, 1_000_000, 0, 1);
                default -> throw new IllegalArgumentException(arguments[0]);
            };
            // As every process does it; else what happens for the first time meanwhile is interpreted, which allocates.
            EalWorker.run(() -> WarmUp.run(rig.port().settings(), 1, () -> false));
            PollLoop loop = rig.newLoop(handler, rig.queue());
            Lcore lcore = rig.start(loop, handler);
            Side primary = join(rig, loop, "net_null0", Sides.PRIMARY);
            // Without no-rx the idle side would flood the port, and draining would be what is measured.
            Side standby = join(rig, loop, "net_null1,no-rx=1", Sides.STANDBY);
            Await.until("the primary transmits", () -> rig.counters().activeSide() == Sides.PRIMARY);
            TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);

            measure(loop, lcore.thread(), rig);

            if (!primary.remove() || !standby.remove()) {
                throw new AssertionError("the loop is stuck");
            }
        } finally {
            Files.deleteIfExists(folder.resolve("rig.cnc"));
            Files.deleteIfExists(folder.resolve("rig.lock"));
            Files.delete(folder);
        }
    }

    private static void measure(PollLoop loop, Thread thread, LoopRig rig) throws InterruptedException {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = thread.threadId();
        // The first call's own work must not fall between the markers.
        if (threads.getThreadAllocatedBytes(id) <= 0) {
            throw new AssertionError("this JVM does not know what a thread allocates");
        }
        // Nor may what was allocated until now leave so little room that a trickle of others fills it.
        System.gc();
        long end = loop.epoch().passes() + BURSTS;
        long sentBefore = rig.counters().get(PortCounter.SENT_BY_PRIMARY);
        System.out.println(BEGIN);
        long before = threads.getThreadAllocatedBytes(id);
        while (loop.epoch().passes() < end) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        long after = threads.getThreadAllocatedBytes(id);
        System.out.println(END);
        System.out.println("allocated=" + (after - before));
        System.out.println("sent=" + (rig.counters().get(PortCounter.SENT_BY_PRIMARY) - sentBefore));
        // What would have been seen.
        System.gc();
    }

    private static Side join(LoopRig rig, PollLoop loop, String devargs, int side) {
        return Side.join(EthDev.probe(devargs), rig.pool(), rig.events(), loop.proxy(0), side);
    }
}
