package io.twinport.perf.forward;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.perf.launch.CProgram;
import io.twinport.perf.launch.CpuWait;
import io.twinport.perf.launch.Session;
import io.twinport.perf.launch.TestpmdCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One launch of {@code dpdk-testpmd}, driven by its prompt: the forwarder that ours is compared with, or the far end of
 * both. It cannot stop at a count, so its driver's counter of sent frames is read twice, the count apart, as ours is.
 */
final class Testpmd implements AutoCloseable {
    private static final String RATE = "  Tx-pps:";

    /** testpmd takes a clock of its own beside the counters; more than that between it and ours is a disturbed run. */
    private static final double TOLERANCE = 0.02;

    /** Below it the time of asking would count. */
    private static final long SHORTEST_NANOS = 300_000_000;

    /** net_bonding's: its members come first, and are not to be forwarded on. */
    private static final String THIRD_PORT = "0x4";

    private static final long LONGEST_WAIT_MILLIS = 5000;

    private final long startedAt;
    private final Session session;
    private final Duration limit;

    private Testpmd(List<String> command, Duration limit) {
        this.startedAt = System.nanoTime();
        this.session = Session.start("dpdk-testpmd", command);
        this.limit = limit;
    }

    /**
     * Starts one, measures it and ends it.
     *
     * @throws UserException if it is not installed, fails, or its numbers contradict each other
     */
    static Sample measure(ForwardCase what, ForwardSetup setup) {
        try (Testpmd testpmd = new Testpmd(command(what, setup, Path.of("")), setup.limit())) {
            testpmd.start(setup);
            return testpmd.forward(setup, () -> {});
        }
    }

    /** The same with a far end, which sends the first frames. */
    static Sample measure(ForwardCase what, ForwardSetup setup, Path socket, Testpmd far) {
        try (Testpmd testpmd = new Testpmd(command(what, setup, socket), setup.limit())) {
            testpmd.start(setup);
            testpmd.read(); // it answers, so its port is up
            Runnable first = () -> far.sendFirst(setup.size(), ForwardSetup.DEFAULT_BURST);
            first.run();
            return testpmd.forward(setup, first);
        }
    }

    private void start(ForwardSetup setup) {
        if (setup.device() == ForwardDevice.RING) {
            sendFirst(setup.size(), setup.burst());
        } else {
            session.say("start");
        }
    }

    /** Starts the far end of a wire, on the CPU that does not forward; its socket is there. It sends back what it gets. */
    static Testpmd farEnd(ForwardSetup setup, Path socket) {
        List<String> eal = new ArrayList<>(setup.rig().ealOfFarEnd("far"));
        eal.add("--vdev=" + setup.farDevargs(socket));
        // Else it would wait for its link before it answers.
        List<String> options = List.of("--disable-link-check");
        List<String> command = TestpmdCommand.of(eal, ForwardMode.IO.label(), ForwardSetup.DEFAULT_BURST, options);
        Testpmd testpmd = new Testpmd(command, setup.limit());
        try {
            testpmd.read();
            return testpmd;
        } catch (RuntimeException e) {
            testpmd.close();
            throw e;
        }
    }

    static List<String> command(ForwardCase what, ForwardSetup setup, Path socket) {
        List<String> eal = new ArrayList<>(setup.rig().ealOfC("testpmd"));
        List<String> options = List.of();
        String primary = setup.devargs(socket);
        String standby = setup.standbyDevargs();
        switch (what) {
            case BONDING -> {
                eal.addAll(List.of("--vdev=" + primary, "--vdev=" + standby, bonding(name(primary), name(standby))));
                options = List.of("--portmask=" + THIRD_PORT);
            }
            case FAILSAFE ->
                eal.add("--vdev=net_failsafe0,mac=" + ForwardSetup.MAC + ",dev(" + primary + "),dev(" + standby + ")");
            default -> eal.add("--vdev=" + primary);
        }
        return TestpmdCommand.of(eal, setup.mode().label(), setup.burst(), options);
    }

    private static String bonding(String primary, String standby) {
        String member = CProgram.dpdk().compareTo("DPDK 23.11") < 0 ? "slave" : "member";
        return String.format(
                "--vdev=net_bonding0,mode=1,mac=%1$s,%2$s=%3$s,%2$s=%4$s,primary=%3$s",
                ForwardSetup.MAC, member, primary, standby);
    }

    private static String name(String devargs) {
        return devargs.substring(0, devargs.indexOf(','));
    }

    /**
     * Sends the frames that go round, and starts to forward.
     *
     * @param burst by which it forwards
     */
    void sendFirst(FrameSize size, int burst) {
        session.say("set burst " + ForwardSetup.FRAMES_IN_BURST);
        for (FrameSize.Share share : size.shares()) {
            session.say("stop");
            session.say("set txpkts " + share.length());
            session.say("start tx_first " + share.bursts());
        }
        session.say("stop");
        session.say("set burst " + burst);
        session.say("start");
    }

    /** @param again has the far end send the first frames again, which have been lost */
    private Sample forward(ForwardSetup setup, Runnable again) {
        long firstAt = awaitFirst(again);
        Pause.millis(setup.warmUp().toMillis() / 2);
        read();
        Pause.millis(setup.warmUp().toMillis() / 2);
        long waited = CpuWait.nanos(session.pid(), setup.rig().pollCpu());
        Counters begin = read();
        Counters last = begin;
        String contradiction = "";
        do {
            long missing = setup.packets() - (last.sent - begin.sent);
            Pause.millis(Math.clamp(missing * 1000 / Math.max(last.packetsPerSecond, 1), 1, LONGEST_WAIT_MILLIS));
            Counters now = read();
            now.checkProgress(last);
            contradiction = contradiction.isEmpty() ? now.contradiction(last) : contradiction;
            last = now;
        } while (last.sent - begin.sent < setup.packets());
        waited = CpuWait.nanos(session.pid(), setup.rig().pollCpu()) - waited;
        Sample sample = new Sample(last.sent - begin.sent, last.nanos - begin.nanos, waited, firstAt - startedAt, "");
        if (!contradiction.isEmpty() && !sample.isDisturbed()) {
            throw new UserException(contradiction);
        }
        return sample;
    }

    /** When the first frame has been seen to be sent. */
    private long awaitFirst(Runnable again) {
        long deadline = System.nanoTime() + ForwardSetup.START_LIMIT.toNanos();
        long lostAt = System.nanoTime() + ForwardSetup.FIRST_LOST.toNanos();
        while (read().sent == 0) {
            long now = System.nanoTime();
            if (now > deadline) {
                throw new UserException("testpmd does not forward: its port has sent no frame");
            }
            if (now > lostAt) {
                again.run();
                lostAt = now + ForwardSetup.FIRST_LOST.toNanos();
            }
            Pause.millis(1);
        }
        return System.nanoTime();
    }

    /**
     * @param nanos when they were asked for; the answer is some 50 us later, each time
     * @param packetsPerSecond by testpmd's own reckoning, since the counters were read before
     */
    private record Counters(long sent, long nanos, long packetsPerSecond) {
        void checkProgress(Counters before) {
            if (isLongAfter(before) && sent == before.sent) {
                throw new UserException("testpmd does not forward: its port has sent " + sent + " frames and no more");
            }
        }

        /** How its reckoning differs from ours, empty if it does not. */
        String contradiction(Counters before) {
            double rate = (sent - before.sent) * 1e9 / (nanos - before.nanos);
            return !isLongAfter(before) || Math.abs(rate / packetsPerSecond - 1) <= TOLERANCE
                    ? ""
                    : "testpmd reckons with " + packetsPerSecond + " packets per second, the benchmark with "
                            + Math.round(rate) + ": the machine is too busy to time it. Run it again when it is quiet";
        }

        /** Else the difference may be a slice of time that another process had, or one of asking. */
        private boolean isLongAfter(Counters before) {
            return nanos - before.nanos >= SHORTEST_NANOS;
        }
    }

    private Counters read() {
        long nanos = System.nanoTime();
        // Port 0: the device itself, also below net_bonding; net_failsafe hides what is below it.
        session.say("show port stats 0");
        long sent = session.awaitNumber(TestpmdCommand.SENT, limit);
        return new Counters(sent, nanos, session.awaitNumber(RATE, limit));
    }

    @Override
    public void close() {
        session.close();
    }
}
