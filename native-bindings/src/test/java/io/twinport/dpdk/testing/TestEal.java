package io.twinport.dpdk.testing;

import io.twinport.dpdk.Eal;
import io.twinport.dpdk.EalArguments;
import io.twinport.posix.Affinity;
import java.util.List;
import java.util.TreeSet;

/** The one EAL that a JVM can have, as tests want it: with hugepages or without, and no PCI device touched. */
public final class TestEal {
    /** Enough for the pools of a test, and little enough for several tests' JVMs at once. */
    private static final int MEGABYTES = 128;

    private static volatile boolean started;

    private TestEal() {}

    /**
     * Starts EAL; a second call does nothing. It ends with the JVM, which takes its files away but
     * leaves its memory to the kernel: a test that failed may have threads that still use it.
     */
    public static synchronized void start() {
        if (!started) {
            Eal.start(arguments());
            started = true;
            Runtime.getRuntime().addShutdownHook(new Thread(Eal::abandon));
        }
    }

    /** Whether {@link #start} has been called in this JVM; loads no DPDK. */
    static boolean isStarted() {
        return started;
    }

    /** What {@link #start} starts EAL with. As for the launcher, TWINPORT_NO_HUGEPAGES=1 is to do without hugepages. */
    public static EalArguments arguments() {
        boolean no = "1".equals(System.getenv("TWINPORT_NO_HUGEPAGES"));
        return new EalArguments(new TreeSet<>(List.of(pollCpu())), List.of(), no ? List.of("--no-huge") : List.of())
                .withMemoryAtHand(MEGABYTES);
    }

    /** The CPU for a poll loop: the last one, because the first serves most of the machine's interrupts. */
    public static int pollCpu() {
        return Affinity.ofThisProcess().last();
    }
}
