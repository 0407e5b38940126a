package io.twinport.dpdk;

import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.EalWorker;
import io.twinport.dpdk.testing.Frames;
import io.twinport.dpdk.testing.TestEal;
import io.twinport.dpdk.testing.VirtioWire;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Uses all of the bindings on whatever DPDK it is started with, and prints what came of it: numbered frames there and
 * back over a wire with real link interrupts, a cut of it, and the end in good order.
 */
final class ForwardingMain {
    static final int THERE = 20_000;
    static final int BACK = 2_000;
    private static final int BURST = 32;
    private static final int MBUFS = 4095;

    private final MbufPool pool = MbufPool.create("forwarding", MBUFS);
    private final long events = EventLine.allocate();
    private final long out = Frames.array(BURST);
    private final long in = Frames.array(BURST);

    private ForwardingMain() {}

    public static void main(String[] arguments) throws Exception {
        TestEal.start();
        print("version", Eal.version());
        EthEvents.warmUp();
        Path folder = Files.createTempDirectory("wire");
        try {
            new ForwardingMain().run(folder);
        } finally {
            try (var files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
        Eal.cleanup();
        print("ended", "yes");
    }

    private void run(Path folder) throws Exception {
        VirtioWire wire = VirtioWire.lay(folder, 0, "02:00:00:00:00:01", this::start);
        EthDev near = wire.near();
        near.configure(pool);
        EthEvents.register(near.port(), events);
        near.start();
        print("driver", near.driver());
        print("mac", near.mac());
        Await.until("the link is up", near::isLinkUp);
        EalWorker.run(() -> {
            MbufAllocator allocator = MbufAllocator.ofThisThread(pool);
            print("there", forward(allocator, near.queue(), wire.far().queue(), THERE));
            print("back", forward(allocator, wire.far().queue(), near.queue(), BACK));
        });
        print("stats", near.stats().txFrames() + " " + near.stats().rxFrames());

        long edges = EventLine.edges(events);
        wire.cut();
        Await.until("the cut has raised an event", () -> EventLine.edges(events) > edges);
        Await.until("the link is down", () -> !near.isLinkUp());
        print("down", "seen");
        long edgesDown = EventLine.edges(events);
        wire.restore(ForwardingMain::remove);
        Await.until("the new wire has raised an event", () -> EventLine.edges(events) > edgesDown);
        Await.until("the link is up again", near::isLinkUp);
        print("up", "seen");

        EthEvents.unregister(near.port(), events);
        remove(near);
        remove(wire.far());
        try (DpdkMemory memory = DpdkMemory.allocate("forwarding", 4096)) {
            print("aligned", memory.address() % 128 == 0);
        }
        print("missing", pool.size() - pool.available());
        pool.close();
    }

    private void start(EthDev far) {
        far.configure(pool);
        far.start();
    }

    private static void remove(EthDev dev) {
        dev.stop();
        dev.remove();
    }

    /** Sends numbered frames and takes each out at the other end, whole and in order; how many there were. */
    private int forward(MbufAllocator allocator, QueueFunctions from, QueueFunctions to, int count) {
        int next = 0;
        for (int number = 0; number < count; number += BURST) {
            int wanted = Math.min(BURST, count - number);
            Frames.allocate(allocator, out, wanted, number);
            int[] done = new int[1];
            Await.until("the ring has room", () -> {
                done[0] += Burst.call(from.txFunction(), from.txQueue(), Frames.from(out, done[0]), wanted - done[0]);
                return done[0] == wanted;
            });
            done[0] = 0;
            int expected = next;
            Await.until("what was sent has arrived", () -> {
                int received = Burst.call(to.rxFunction(), to.rxQueue(), in, BURST);
                for (int i = 0; i < received; i++) {
                    check(Frames.numberOf(Frames.get(in, i)), expected + done[0] + i);
                }
                Mbuf.free(in, received);
                done[0] += received;
                return done[0] == wanted;
            });
            next += wanted;
        }
        return next;
    }

    private static void check(long number, long expected) {
        if (number != expected) {
            throw new AssertionError("frame " + number + " arrived instead of " + expected);
        }
    }

    private static void print(String key, Object value) {
        System.out.println(key + "=" + value);
    }
}
