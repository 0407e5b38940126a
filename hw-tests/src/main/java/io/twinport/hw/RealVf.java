package io.twinport.hw;

import io.twinport.control.Pause;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code RealVf PF VF}, as root on a machine that has them: the scenarios of cut and pulled links with a VF that is real.
 * What the VF sends to its PF's address goes through the NIC's own switch to the PF's interface; the standby is a TAP.
 *
 * <pre>
 *   twinport --- VF == NIC == PF interface --- packet socket
 *            \\-- net_tap ------ TAP interface --- packet socket
 * </pre>
 *
 * Exit code 0 if all went as it should.
 */
public final class RealVf {
    private static final String TAP = "twinport-hw";
    private static final String MAC = "02:00:00:00:68:77";
    private static final int PER_SECOND = 1000;
    private static final int STEADY_MILLIS = 1000;
    private static final int PRIMARY = 0;
    private static final int STANDBY = 1;
    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Path PCI = Path.of("/sys/bus/pci");

    private final String pf;
    private final String vf;
    private final String index;
    private final Arrivals arrivals = new Arrivals();
    private final List<Thread> receivers = new ArrayList<>();
    private volatile boolean ended;
    private long told;

    private RealVf(String pf, String vf, String index) {
        this.pf = pf;
        this.vf = vf;
        this.index = index;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 2) {
            System.err.println("usage: RealVf PF-INTERFACE VF-PCI-ADDRESS");
            System.exit(2);
        }
        System.exit(run(arguments[0], arguments[1]) ? 0 : 1);
    }

    /**
     * Runs the scenario.
     *
     * @param pf the PF's interface, {@code eth0}; its address is what the VF sends to
     * @param vf the VF's PCI address; its MAC address is changed
     * @return whether all went as it should; if not, why is printed
     */
    static boolean run(String pf, String vf) throws IOException, InterruptedException {
        RealVf scenario = new RealVf(pf, vf, indexOf(pf, vf));
        HostProgram twinport = null;
        try {
            run("ip", "link", "set", pf, "up");
            run("ip", "link", "set", pf, "vf", scenario.index, "mac", MAC);
            String pfMac =
                    Files.readString(Path.of("/sys/class/net", pf, "address")).strip();
            twinport = HostProgram.start("run --bind --primary " + vf + " --standby net_tap0,iface=" + TAP
                    + " --handler generate:" + PER_SECOND + ":" + pfMac);
            twinport.awaitCount("switch \\w+ -> primary", 1, START);
            run("ip", "link", "set", TAP, "up");
            scenario.receive(pf, PRIMARY);
            scenario.receive(TAP, STANDBY);
            scenario.story(twinport);
            return true;
        } catch (AssertionError | IllegalStateException e) {
            System.out.println("FAILED: " + e.getMessage());
            if (twinport != null) {
                System.out.println(twinport.output());
            }
            return false;
        } finally {
            scenario.ended = true;
            for (Thread receiver : scenario.receivers) {
                receiver.join();
            }
            if (twinport != null) {
                twinport.close();
            }
        }
    }

    private void story(HostProgram twinport) throws IOException, InterruptedException {
        awaitTraffic(PRIMARY);
        told = arrivals.end();
        long from = told;
        Pause.millis(STEADY_MILLIS);
        step("traffic by the VF");

        boolean byVf = attempt("ip", "link", "set", pf, "vf", index, "state", "disable");
        if (!byVf) {
            run("ip", "link", "set", pf, "down");
        }
        twinport.awaitCount("switch primary -> standby, cause: primary link down", 1, SOON);
        awaitTraffic(STANDBY);
        step("link down (" + (byVf ? "of the VF" : "of the PF: it has no switch for one VF's") + "): by the standby");
        if (byVf) {
            run("ip", "link", "set", pf, "vf", index, "state", "auto");
        } else {
            run("ip", "link", "set", pf, "up");
        }
        twinport.awaitCount("switch standby -> primary", 1, SOON);
        awaitTraffic(PRIMARY);
        step("link up: by the VF again");

        long start = System.nanoTime();
        Files.writeString(PCI.resolve("drivers/vfio-pci/unbind"), vf, StandardOpenOption.WRITE);
        step("the kernel has taken the VF back within " + (System.nanoTime() - start) / 1_000_000 + " ms");
        twinport.awaitCount("primary " + vf + " released on request", 1, SOON);
        twinport.awaitCount("switch primary -> standby, cause: primary", 2, SOON);
        awaitTraffic(STANDBY);
        Files.writeString(
                PCI.resolve("devices").resolve(vf).resolve("driver_override"), "vfio-pci\n", StandardOpenOption.WRITE);
        Files.writeString(PCI.resolve("drivers_probe"), vf, StandardOpenOption.WRITE);
        twinport.awaitCount("primary " + vf + ".* joined", 2, SOON);
        twinport.awaitCount("switch standby -> primary", 2, SOON);
        awaitTraffic(PRIMARY);
        step("lent again: by the VF again");

        System.out.printf(
                "of %d frames %d missing, %d duplicated, %d reordered%n",
                arrivals.end() - from,
                arrivals.lost(from, arrivals.end()),
                arrivals.duplicated(),
                arrivals.reordered());
        check(twinport.terminate(SOON) == 0, "twinport has not ended with exit code 0");
        check(twinport.count("Exception|^\\d+ times:") == 0, "twinport has met errors");
        check(arrivals.duplicated() == 0, "frames have come twice");
        twinport.lines("released on request|switch|^rx ").forEach(System.out::println);
    }

    /** Waits until a frame that is newer than all so far has come by a side, and returns its number. */
    private long awaitTraffic(int side) throws InterruptedException {
        long from = arrivals.end();
        check(
                Pause.until(() -> arrivals.firstBy(side, from) != 0, SOON.toMillis()),
                "no traffic by the " + (side == PRIMARY ? "VF" : "standby"));
        return from;
    }

    private void receive(String netif, int side) {
        PacketSocket socket = new PacketSocket(netif);
        MemorySegment memory = Arena.global().allocate(2048);
        ByteBuffer frame = memory.asByteBuffer();
        receivers.add(Thread.ofPlatform().daemon().start(() -> {
            while (!ended) {
                int length = socket.receive(memory);
                if (length > 0 && NumberedFrame.is(frame.clear().limit(length))) {
                    arrivals.add(NumberedFrame.number(frame), System.nanoTime(), side);
                }
            }
        }));
    }

    /** Which of the PF's VFs it is, as {@code ip link set PF vf N} wants it. */
    private static String indexOf(String pf, String vf) throws IOException {
        Path device = Path.of("/sys/class/net", pf, "device");
        try (Stream<Path> links = Files.list(device)) {
            for (Path link : links.filter(path -> path.getFileName().toString().startsWith("virtfn"))
                    .toList()) {
                if (link.toRealPath().endsWith(vf)) {
                    return link.getFileName().toString().substring("virtfn".length());
                }
            }
        }
        throw new IllegalStateException(vf + " is no VF of " + pf + ": see " + device + "/virtfn*");
    }

    private static void run(String... command) throws IOException, InterruptedException {
        check(attempt(command), "this has failed: " + String.join(" ", command));
    }

    private static boolean attempt(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        boolean done = process.waitFor(SOON.toSeconds(), TimeUnit.SECONDS) && process.exitValue() == 0;
        if (!done) {
            System.out.println(String.join(" ", command) + ": " + output.strip());
        }
        return done;
    }

    private static void check(boolean good, String what) {
        if (!good) {
            throw new AssertionError(what);
        }
    }

    /** Tells what has happened, and what became of the frames since the last step. */
    private void step(String what) {
        long to = arrivals.end();
        System.out.printf(
                Locale.ROOT,
                "%s; of %d frames %d missing, longest gap %.1f ms%n",
                what,
                to - told,
                arrivals.lost(told, to),
                arrivals.longestGap(told, to).millis());
        told = to;
    }
}
