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
     * Starts EAL; in a JVM where it runs already this does nothing. It ends with the JVM, which takes its files away but
     * leaves its memory to the kernel: a test that failed may have threads that still use it.
     */
    public static synchronized void start() {
        if (!Eal.isStarted()) {
            Eal.start(arguments());
            Runtime.getRuntime().addShutdownHook(new Thread(Eal::abandon));
        }
        started = true;
    }

    /** Whether {@link #start} has been called in this JVM; unlike EAL's own word this loads no DPDK. */
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
