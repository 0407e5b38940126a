package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.twinport.dpdk.v22_11.Dpdk;
import io.twinport.posix.Affinity;
import io.twinport.posix.Priority;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** DPDK's environment: one per process, it cannot be started a second time. */
public final class Eal {
    /** {@code RTE_IOVA_VA} of {@code enum rte_iova_mode}. */
    private static final int IOVA_VA = 2;

    private static boolean started;

    private Eal() {}

    /**
     * Loads libdpdk and starts EAL on a thread of its own, because EAL pins the thread that starts it and every
     * thread that is created by that one inherits the pinning.
     *
     * @throws DpdkException if it does not start; the process cannot try again
     */
    public static synchronized void start(EalArguments arguments) {
        if (started) {
            throw new IllegalStateException("EAL is started already: there is one per process");
        }
        Optional<Path> drivers = DpdkLibraries.load();
        EalFolder.prepare();
        List<String> argv = new ArrayList<>(arguments.toList());
        drivers.ifPresent(folder -> argv.addAll(List.of("-d", folder.toString())));
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread starter = Thread.ofPlatform().name("eal-init").start(() -> {
            try {
                // The event threads get the CPUs of this thread that are not named by -l.
                Affinity.pinThisThread(arguments.otherCpus());
                // And its priority: beside ordinary threads one cut in ten would wait a millisecond for its interrupt.
                boolean ignored = Priority.raiseThisThread();
                init(argv);
            } catch (RuntimeException | Error e) {
                failure.set(e);
            }
        });
        try {
            Linkage.prepare();
        } finally {
            await(starter);
            finish(failure.get());
        }
    }

    private static void await(Thread starter) {
        try {
            starter.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DpdkException("interrupted while EAL was starting", e);
        }
    }

    private static void finish(@Nullable Throwable cause) {
        if (cause != null) {
            EalFolder.deleteOwn(EalFolder.own());
        }
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        started = true;
    }

    /** Whether devices are given this process's own addresses: then an IOMMU has to translate them. EAL must have started. */
    public static boolean iovaIsVirtual() {
        try {
            return (int) Symbols.function("rte_eal_iova_mode", FunctionDescriptor.of(JAVA_INT))
                            .invokeExact()
                    == IOVA_VA;
        } catch (DpdkException e) {
            throw e;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    /** Releases EAL's memory and files. All devices must be closed, all registered threads gone. */
    public static synchronized void cleanup() {
        if (started) {
            started = false;
            Path folder = EalFolder.own();
            DpdkException.check(Dpdk.rte_eal_cleanup(), "rte_eal_cleanup()", "");
            EalFolder.deleteOwn(folder);
        }
    }

    /** Deletes what twinport processes that were killed have left where EAL has its files. */
    public static synchronized void deleteLeftovers() {
        if (started) {
            EalFolder.deleteLeftovers(EalFolder.own());
        }
    }

    /**
     * In place of {@link #cleanup} where a probe still waits for its far end and cannot be called back: only the files
     * go, and the process must end now.
     */
    public static synchronized void abandon() {
        if (started) {
            started = false;
            EalFolder.deleteOwn(EalFolder.own());
        }
    }

    /** EAL's folder for this process's sockets, its user's alone and deleted at the end. */
    public static Path runtimeFolder() {
        return EalFolder.own();
    }

    /**
     * The library as it names itself, {@code DPDK 22.11.11}; loads it, but starts nothing.
     *
     * @throws DpdkException if there is none, or none of a release that is known
     */
    public static String version() {
        Optional<Path> ignored = DpdkLibraries.load();
        return Dpdk.rte_version().getString(0);
    }

    /** {@code rte_errno} of the calling thread. */
    static int errno() {
        return Symbols.threadLocal("per_lcore__rte_errno").get(JAVA_INT, 0);
    }

    private static void init(List<String> argv) {
        // EAL reorders argv and keeps pointers to the strings, so they are its own for good.
        Arena arena = Arena.global();
        MemorySegment pointers = arena.allocate(ADDRESS, argv.size() + 1L);
        for (int i = 0; i < argv.size(); i++) {
            pointers.setAtIndex(ADDRESS, i, arena.allocateFrom(argv.get(i)));
        }
        if (Dpdk.rte_eal_init(argv.size(), pointers) < 0) {
            throw DpdkException.ofErrno(
                    "rte_eal_init(" + String.join(" ", argv.subList(1, argv.size())) + ") of DPDK "
                            + Abi.release().title(),
                    errno(),
                    "see EAL's own message above. Common causes: too little memory (hugepages, -m); no permission (run"
                            + " it as root); another process with the same --file-prefix; an option that EAL does not"
                            + " know");
        }
    }
}
