package io.twinport.perf.forward;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.PolledQueue;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.device.EthSide;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.device.SideDevice;
import io.twinport.dataplane.engine.Engine;
import io.twinport.dataplane.engine.Lcore;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dataplane.failover.FailoverQueue;
import io.twinport.dataplane.failover.PortCounter;
import io.twinport.dataplane.failover.PortCounters;
import io.twinport.dataplane.handler.MbufRing;
import io.twinport.dataplane.handler.RingHandler;
import io.twinport.dataplane.line.BarePort;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.policy.RetryPause;
import io.twinport.dataplane.vhost.FarEndAddress;
import io.twinport.dataplane.vhost.VhostDevices;
import io.twinport.dataplane.virtio.VirtioSide;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.Eal;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MacAddress;
import io.twinport.perf.launch.CpuWait;
import io.twinport.perf.launch.Rig;
import io.twinport.perf.load.IoForward;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * One launch of ours, a process of its own: the product's poll loop on its core forwards from a device to itself. Prints
 * one line, {@code forwarded PACKETS NANOS WAITED FIRST-PACKET DPDK}.
 */
final class ForwardChild {
    static final String RESULT = "forwarded ";

    /** Property with {@link System#nanoTime} of the parent, whose clock this is too. */
    static final String STARTED_AT = "twinport.perf.startedAt";

    /** Said when the far end may send. */
    static final String READY = "ready";

    /** Enough to see a rate, and short enough for the shortest run. */
    private static final long FIRST_WAIT_MILLIS = 20;

    private static final long LONGEST_WAIT_MILLIS = 5000;

    /** Between the cores: more than there are frames that go round, in bursts of one. */
    private static final int RING_BYTES = 1 << 16;

    private final Engine engine;
    private final ForwardSetup setup;
    private final Path socket;

    private ForwardChild(Engine engine, ForwardSetup setup, Path socket) {
        this.engine = engine;
        this.setup = setup;
        this.socket = socket;
    }

    /**
     * Arguments that {@link #main} understands.
     *
     * @param socket of the far end, where the device has one
     */
    static List<String> arguments(ForwardCase what, ForwardSetup setup, Path socket) {
        List<String> arguments = new ArrayList<>(List.of(what.name(), socket.toString()));
        arguments.addAll(setup.toArguments());
        return arguments;
    }

    public static void main(String[] arguments) throws IOException {
        ForwardSetup setup = ForwardSetup.parse(List.of(arguments).subList(2, arguments.length));
        try {
            Sample sample = measure(ForwardCase.valueOf(arguments[0]), setup, Path.of(arguments[1]));
            System.out.println(RESULT + sample.packets() + " " + sample.nanos() + " " + sample.waited() + " "
                    + sample.firstPacket() + " " + sample.dpdk());
        } catch (RuntimeException e) {
            if (!UserException.isToMend(e)) {
                throw e;
            }
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private static Sample measure(ForwardCase what, ForwardSetup setup, Path socket) throws IOException {
        // Where the product has it too: on a disk its pages would be written back from under the loop.
        Path cnc =
                Path.of("/dev/shm", "twinport-bench-" + ProcessHandle.current().pid() + ".cnc");
        try (Engine engine = Engine.start(setup.rig().eal(), cnc, Rig.MBUFS)) {
            return new ForwardChild(engine, setup, socket).run(what);
        } finally {
            Files.deleteIfExists(cnc);
        }
    }

    private Sample run(ForwardCase what) {
        Sample sample = what == ForwardCase.BARE ? forwardBare() : forwardFailover(what);
        int missing = engine.pool().size() - engine.pool().available();
        // A ring that was closed has taken its frames with it, but for those that were on their way to the other core.
        boolean isRing = setup.device() == ForwardDevice.RING;
        int most = isRing ? setup.size().frames() : 0;
        int least = what == ForwardCase.PIPELINE ? 0 : most;
        if (missing < least || missing > most) {
            throw new DpdkException(missing + " of " + engine.pool().size() + " mbufs are not back in the pool");
        }
        return sample;
    }

    private Sample forwardBare() {
        BarePort port = new BarePort();
        return forward(port, handler(port), 0, devices(() -> device(setup.devargs(socket))), () -> true);
    }

    private static SideDevice device(String devargs) {
        return new EthSide(EthDev.probe(devargs));
    }

    private Supplier<SideDevice> standby() {
        return () -> device(setup.standbyDevargs());
    }

    /** The far end is there: its socket is. */
    private SideDevice ownDevice() {
        VhostDevices devices =
                new VhostDevices(new FarEndAddress(socket.toString(), false), new RetryPause(), () -> {});
        devices.start();
        await(() -> devices.present().isPresent());
        return VirtioSide.open(
                "vhost-user", devices.present().orElseThrow(), MacAddress.parse(ForwardSetup.MAC), 1, true);
    }

    @SafeVarargs
    private static List<Supplier<SideDevice>> devices(Supplier<SideDevice>... devices) {
        return List.of(devices);
    }

    private Sample forwardFailover(ForwardCase what) {
        long events = EventLine.allocate();
        PortCounters counters = new PortCounters(engine.cnc().counters(), 0);
        FailoverQueue port = new FailoverPort(0, events, counters, engine.newPortEvents(), what.settings()).queue(0);
        Supplier<SideDevice> primary = what == ForwardCase.OWN ? this::ownDevice : () -> device(setup.devargs(socket));
        BooleanSupplier isActive = () -> counters.activeSide() == Sides.PRIMARY;
        Sample sample = what == ForwardCase.PIPELINE
                ? forwardByTwo(port, events, primary, isActive)
                : forward(port, handler(port), events, devices(primary, standby()), isActive);
        if (counters.get(PortCounter.SENT_BY_PRIMARY) < sample.packets()
                || counters.get(PortCounter.SENT_BY_STANDBY) != 0) {
            throw new DpdkException(
                    "the failover port has not stayed on its primary: " + counters.get(PortCounter.SENT_BY_PRIMARY)
                            + " frames sent by it, " + counters.get(PortCounter.SENT_BY_STANDBY) + " by the standby");
        }
        return sample;
    }

    private PacketHandler handler(PacketPort port) {
        return setup.mode() == ForwardMode.IO
                ? new IoForward(port, setup.burst())
                : new MacSwapForward(port, setup.burst());
    }

    /** The poll loop receives and sends; a loop on another CPU has the frames in between. */
    private Sample forwardByTwo(
            FailoverQueue port, long events, Supplier<SideDevice> primary, BooleanSupplier isActive) {
        try (MbufRing received = new MbufRing("received", RING_BYTES);
                MbufRing toSend = new MbufRing("to-send", RING_BYTES)) {
            RingForward second = new RingForward(received, toSend, setup.mode());
            Lcore lcore = engine.run(engine.newLoop("second", second, List.of()), second, setup.secondCpu());
            PacketHandler handler = new RingHandler(port, received, toSend, setup.burst());
            Sample sample = forward(port, handler, events, devices(primary, standby()), isActive);
            lcore.close();
            received.freeAll();
            toSend.freeAll();
            return sample;
        }
    }

    /**
     * Forwards on the first of the devices; the first joins as primary, the second as standby.
     *
     * @param isActive whether the port would send by the first one
     */
    private Sample forward(
            PolledQueue port,
            PacketHandler handler,
            long events,
            List<Supplier<SideDevice>> devices,
            BooleanSupplier isActive) {
        PollLoop loop = engine.newLoop("poll", handler, List.of(port));
        Lcore lcore = engine.run(loop, handler, engine.pollCpu());
        List<SideDevice> devs = devices.stream().map(Supplier::get).toList();
        List<Side> sides = new ArrayList<>();
        for (SideDevice dev : devs) {
            int place = Sides.PRIMARY + sides.size();
            Side side = Side.join(dev, engine.pool(), events, loop.proxy(0), place);
            engine.conductor().watch(side);
            sides.add(side);
        }
        if (setup.device() == ForwardDevice.RING) {
            FirstFrames.send(loop, engine.pool(), setup.size());
        } else if (setup.device().hasFarEnd()) {
            await(() -> devs.getFirst().isLinkUp() && isActive.getAsBoolean());
            System.out.println(READY);
        }
        Sample sample = measure(devs.getFirst());
        // The standby first: it would get what is on its way to the other core.
        for (Side side : sides.reversed()) {
            engine.conductor().unwatch(side);
            side.remove();
        }
        lcore.close();
        return sample;
    }

    /** net_memif connects after it has been started; frames that come before are lost. */
    private void await(BooleanSupplier connected) {
        if (!Pause.until(connected, ForwardSetup.START_LIMIT.toMillis())) {
            throw new DpdkException("the far end has not connected");
        }
    }

    /** As testpmd is measured: by the driver's counter, read twice, by another thread than the one that forwards. */
    private Sample measure(SideDevice dev) {
        long firstPacket = awaitFirst(dev);
        Pause.millis(setup.warmUp().toMillis() / 2);
        long ignored = dev.transmitted(); // the first call loads classes
        Pause.millis(setup.warmUp().toMillis() / 2);
        long deadline = System.nanoTime() + setup.limit().toNanos();
        long pid = ProcessHandle.current().pid();
        long waited = CpuWait.nanos(pid, setup.rig().pollCpu());
        long begin = System.nanoTime();
        long sentBefore = dev.transmitted();
        long wait = FIRST_WAIT_MILLIS;
        while (true) {
            // Seldom: the far end has the same CPU as this thread.
            Pause.millis(wait);
            long now = System.nanoTime();
            long sent = dev.transmitted() - sentBefore;
            wait = Math.clamp(
                    (long) ((double) (setup.packets() - sent) / Math.max(sent, 1) * (now - begin) / 1e6),
                    1,
                    LONGEST_WAIT_MILLIS);
            if (sent >= setup.packets()) {
                return new Sample(
                        sent,
                        now - begin,
                        CpuWait.nanos(pid, setup.rig().pollCpu()) - waited,
                        firstPacket,
                        Eal.version());
            }
            if (now > deadline) {
                throw new DpdkException("only " + sent + " of " + setup.packets() + " frames were forwarded in time");
            }
        }
    }

    /** Nanoseconds since the start of the process, which its parent has told. */
    private long awaitFirst(SideDevice dev) {
        long deadline = System.nanoTime() + ForwardSetup.START_LIMIT.toNanos();
        while (!Pause.until(() -> dev.transmitted() > 0, ForwardSetup.FIRST_LOST.toMillis())) {
            if (System.nanoTime() > deadline) {
                throw new DpdkException("no frame was forwarded");
            }
            if (setup.device().hasFarEnd()) {
                System.out.println(READY); // the first frames have been lost
            }
        }
        return System.nanoTime() - Long.getLong(STARTED_AT, System.nanoTime());
    }
}
