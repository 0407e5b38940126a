package io.twinport.perf.load;

import io.twinport.control.Pause;
import io.twinport.control.UserException;
import io.twinport.posix.Folder;
import java.nio.file.Path;
import java.time.Duration;

/** A fresh forwarder with the load at its far end, both ready. */
public final class LoadedForwarder implements AutoCloseable {
    /** Enough frames to compile what handles them, and few enough for any machine. */
    private static final long WARM_UP_RATE = 500_000;

    /** The load's CPU is the JIT's too, which gets its turn in between. */
    private static final Duration WARM_UP_STEP = Duration.ofMillis(100);

    private static final long BREAK_MILLIS = 25;

    private static final Duration FIRST_LIMIT = Duration.ofSeconds(20);

    private final Folder folder;
    private final Generator generator;
    private final Forwarder forwarder;
    private final LoadSetup setup;

    private LoadedForwarder(Folder folder, Generator generator, Forwarder forwarder, LoadSetup setup) {
        this.folder = folder;
        this.generator = generator;
        this.forwarder = forwarder;
        this.setup = setup;
    }

    /**
     * Starts both, and has them warm up.
     *
     * @param program the compiled {@code load.c}
     * @throws UserException if no frame comes back
     */
    public static LoadedForwarder start(ForwarderCase what, LoadSetup setup, Path program) {
        Folder folder = Folder.create("twinport-bench");
        Generator generator = null;
        Forwarder forwarder = null;
        try {
            generator = Generator.start(setup.rig(), program, folder.path());
            forwarder = what.start(setup, generator.nearDevice());
            generator.awaitLink(what.label());
            LoadedForwarder loaded = new LoadedForwarder(folder, generator, forwarder, setup);
            loaded.warmUp(what);
            return loaded;
        } catch (RuntimeException e) {
            if (forwarder != null) {
                forwarder.close();
            }
            if (generator != null) {
                generator.close();
            }
            folder.close();
            throw e;
        }
    }

    private void warmUp(ForwarderCase what) {
        long start = System.nanoTime();
        // The link is up before the forwarder polls.
        while (warmUpStep() == 0) {
            if (System.nanoTime() - start > FIRST_LIMIT.toNanos()) {
                throw new UserException(what.label() + " has returned no frame to its far end within "
                        + FIRST_LIMIT.toSeconds() + " s");
            }
        }
        long end = System.nanoTime() + setup.warmUp().toNanos();
        while (System.nanoTime() < end) {
            warmUpStep();
        }
    }

    private long warmUpStep() {
        long received = send(WARM_UP_RATE, WARM_UP_STEP).received();
        Pause.millis(BREAK_MILLIS);
        return received;
    }

    /** @param rate frames per second */
    public Counts send(long rate, Duration duration) {
        return generator.send(rate, duration, setup.length());
    }

    /** How long the frames took that were sent last. */
    public Latencies latencies() {
        return generator.latencies();
    }

    /** What forwards; it may be asked meanwhile. */
    public Forwarder forwarder() {
        return forwarder;
    }

    /** Ends the forwarder first, as its device must be there as long as it runs. */
    @Override
    public void close() {
        try (folder;
                generator;
                forwarder) {
            // They are closed in the reverse order.
        }
    }
}
