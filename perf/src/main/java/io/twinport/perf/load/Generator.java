package io.twinport.perf.load;

import io.twinport.control.UserException;
import io.twinport.perf.launch.CProgram;
import io.twinport.perf.launch.Launch;
import io.twinport.perf.launch.Rig;
import io.twinport.perf.launch.Session;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The far end of a forwarder's virtio-user device, {@code baseline/load.c} on the rig's other CPU: sends frames at a rate,
 * and counts and times those that come back.
 */
public final class Generator implements AutoCloseable {
    /** It sends no shorter ones, without checksum, and no longer ones. */
    public static final int SHORTEST = 64;

    public static final int LONGEST = 1518;

    private static final String SOURCE = "load.c";
    private static final String LISTENING = "listening";
    private static final String LINK = "link ";
    private static final String COUNTS = "counts ";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Session session;
    private final Path socket;

    private Generator(Session session, Path socket) {
        this.session = session;
        this.socket = socket;
    }

    /** Compiles it. */
    public static Path program(Path folder) {
        return CProgram.program(SOURCE, folder);
    }

    /**
     * Starts it, and returns when a forwarder can connect.
     *
     * @param program it, compiled
     * @param folder for the socket
     */
    public static Generator start(Rig rig, Path program, Path folder) {
        Path socket = folder.resolve("far");
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(rig.ealOfFarEnd("load"));
        command.addAll(List.of("--", socket.toString()));
        Session session = Session.start("the load", command);
        try {
            session.await(LISTENING, LIMIT);
            return new Generator(session, socket);
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** Devargs of the forwarder's device. */
    String nearDevice() {
        return "net_virtio_user0,path=" + socket + ",queue_size=256";
    }

    /** Waits for the forwarder. */
    void awaitLink(String forwarder) {
        session.say(LINK + LIMIT.toMillis());
        if (!session.await(LINK, LIMIT.multipliedBy(2)).equals("up")) {
            throw new UserException(forwarder + " has not connected to its far end within " + LIMIT.toSeconds() + " s");
        }
    }

    /**
     * Sends frames, and waits for the last of them.
     *
     * @param rate per second
     * @param duration of the sending
     * @param length of each, bytes without checksum
     */
    public Counts send(long rate, Duration duration, int length) {
        session.say("send " + rate + " " + duration.toMillis() + " " + length);
        return Counts.parse(session.await(COUNTS, duration.plus(LIMIT)));
    }

    /** How long the frames took that were sent last. */
    public Latencies latencies() {
        session.say("histograms");
        List<String> lines = session.awaitAll(Launch.END, LIMIT);
        Histogram undisturbed = Times.read("undisturbed", lines);
        Histogram all = Times.read("disturbed", lines);
        all.add(undisturbed);
        return new Latencies(all, undisturbed, Times.read("late", lines));
    }

    @Override
    public void close() {
        session.close();
    }
}
