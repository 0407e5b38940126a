package io.twinport.perf.virtio;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dataplane.policy.RetryPause;
import io.twinport.dataplane.vhost.FarEndAddress;
import io.twinport.dataplane.vhost.VhostDevices;
import io.twinport.dataplane.virtio.VirtioSide;
import io.twinport.dpdk.Burst;
import io.twinport.dpdk.Eal;
import io.twinport.dpdk.EalThread;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.QueueFunctions;
import io.twinport.perf.launch.Rig;
import io.twinport.posix.Affinity;
import io.twinport.posix.Folder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;

/**
 * One launch, a process of its own: a driver and DPDK's vhost as its far end, both polled by one thread on one CPU, so that no
 * scheduling is in the figure. A burst is allocated, sent by the one, received by the other and freed. Prints the times of
 * each load.
 */
final class VirtioChild {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final int CONNECT_MILLIS = 10_000;
    private static final int BURSTS_OF_A_ROUND = 60_000;

    /** Rounds that the JIT has to itself. */
    private static final int WARM_UP = 3;

    private final MbufBurst sent = new MbufBurst();
    private final MbufBurst received = new MbufBurst();
    private final End near;
    private final End far;
    private final MbufAllocator allocator;
    private final int rounds;

    private VirtioChild(End near, End far, MbufPool pool, int rounds) {
        this.rounds = rounds;
        this.near = near;
        this.far = far;
        this.allocator = MbufAllocator.ofThisThread(pool);
    }

    /** One end of the wire. */
    private interface End {
        int transmit(long packets, int count);

        int receive(long packets, int count);
    }

    /** A device of DPDK's, by its functions alone. */
    private record DpdkEnd(QueueFunctions queue) implements End {
        @Override
        public int transmit(long packets, int count) {
            return Burst.call(queue.txFunction(), queue.txQueue(), packets, count);
        }

        @Override
        public int receive(long packets, int count) {
            return Burst.call(queue.rxFunction(), queue.rxQueue(), packets, count);
        }
    }

    /** A device of ours, as a poll loop has it. */
    private record OurEnd(long line) implements End {
        @Override
        public int transmit(long packets, int count) {
            return SideLine.transmit(line, packets, count);
        }

        @Override
        public int receive(long packets, int count) {
            return SideLine.receive(line, packets, count);
        }
    }

    /** @param arguments the case, the {@link Rig}, and how many rounds */
    public static void main(String[] arguments) throws Exception {
        VirtioCase what = VirtioCase.valueOf(arguments[0]);
        Rig rig = Rig.parse(arguments[1]);
        int rounds = Integer.parseInt(arguments[2]);
        Eal.start(rig.eal());
        System.out.println("dpdk " + Eal.version());
        MbufPool pool = MbufPool.create("virtio", Rig.MBUFS);
        try (Folder folder = Folder.create("twinport-bench")) {
            Path socket = folder.path().resolve("far");
            if (what.isOurs()) {
                byOurs(what, socket, pool, rig, rounds);
            } else {
                byDpdks(what, socket, pool, rig, rounds);
            }
        }
        // Its far end's threads are DPDK's, and end with the process.
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static void byOurs(VirtioCase what, Path socket, MbufPool pool, Rig rig, int rounds) throws Exception {
        EthDev vhost = EthDev.probe("net_vhost0,iface=" + socket);
        vhost.configure(pool);
        vhost.start();
        VhostDevices devices =
                new VhostDevices(new FarEndAddress(socket.toString(), false), new RetryPause(), () -> {});
        devices.start();
        await("the far end does not come", () -> devices.present().isPresent());
        VirtioSide side =
                VirtioSide.open("vhost-user", devices.present().orElseThrow(), MAC, 1, what != VirtioCase.SPLIT);
        long line = SideLineSetup.allocate();
        side.configure(pool, 1);
        side.start(new long[] {line}, 0);
        measure(new OurEnd(line), () -> SideLine.enter(line), vhost, pool, rig, rounds);
    }

    private static void byDpdks(VirtioCase what, Path socket, MbufPool pool, Rig rig, int rounds) throws Exception {
        String devargs = "net_virtio_user0,path=" + socket + ",server=1,queue_size=" + Rig.DESCRIPTORS + ",mac=" + MAC
                + what.devargs();
        FutureTask<EthDev> probe = new FutureTask<>(() -> EthDev.probe(devargs));
        Thread.ofPlatform().daemon().start(probe);
        await("virtio-user does not listen", () -> Files.exists(socket));
        Pause.millis(20); // it is bound; now it is about to listen
        EthDev vhost = EthDev.probe("net_vhost0,client=1,iface=" + socket);
        vhost.configure(pool);
        vhost.start();
        EthDev user = probe.get();
        user.configure(pool);
        user.start();
        measure(new DpdkEnd(user.queue()), () -> {}, vhost, pool, rig, rounds);
    }

    private static void await(String inVain, BooleanSupplier condition) {
        if (!Pause.until(condition, CONNECT_MILLIS)) {
            throw new UserException(inVain + " within " + CONNECT_MILLIS / 1000 + " s");
        }
    }

    /** @param enter what the thread does first that is to use the near end */
    private static void measure(End near, Runnable enter, EthDev vhost, MbufPool pool, Rig rig, int rounds)
            throws Exception {
        await("the far end is not ready", vhost::isLinkUp);
        Pause.millis(100); // its rings are enabled a moment later
        Callable<Boolean> loop = () -> {
            Affinity.pinThisThread(new TreeSet<>(Set.of(rig.pollCpu())));
            EalThread.register();
            enter.run();
            new VirtioChild(near, new DpdkEnd(vhost.queue()), pool, rounds).measure();
            return true;
        };
        FutureTask<Boolean> task = new FutureTask<>(loop);
        Thread.ofPlatform().name("poll").start(task);
        boolean ignored = task.get();
    }

    private void measure() {
        for (Load load : Load.ALL) {
            for (int i = 0; i < WARM_UP; i++) {
                double ignored = round(near, far, load) + round(far, near, load);
            }
            double out = Double.MAX_VALUE;
            double in = Double.MAX_VALUE;
            for (int i = 0; i < rounds; i++) {
                // The least: what disturbs a round only adds to it.
                out = Math.min(out, round(near, far, load));
                in = Math.min(in, round(far, near, load));
            }
            System.out.println(new Times(out, in).toText());
        }
    }

    /** Nanoseconds for each frame. */
    private double round(End from, End to, Load load) {
        long arrived = 0;
        long start = System.nanoTime();
        for (int i = 0; i < BURSTS_OF_A_ROUND; i++) {
            int count = allocator.allocate(sent.address(), load.burst());
            for (int j = 0; j < count; j++) {
                Mbuf.length(sent.get(j), load.length());
            }
            sent.free(from.transmit(sent.address(), count), count);
            int n = to.receive(received.address(), load.burst());
            received.free(0, n);
            arrived += n;
        }
        long nanos = System.nanoTime() - start;
        if (arrived < (long) BURSTS_OF_A_ROUND * load.burst() / 2) {
            throw new UserException("only " + arrived + " frames have arrived");
        }
        return (double) nanos / arrived;
    }
}
