package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which CPUs threads may run on. */
public final class Affinity {
    private static final int MASK_BYTES = 128;
    private static final MethodHandle SET =
            Posix.function("sched_setaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    private static final MethodHandle GET =
            Posix.function("sched_getaffinity", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));

    /** Read before anything is pinned. */
    private static final SortedSet<Integer> AT_START =
            get((int) ProcessHandle.current().pid());

    private Affinity() {}

    /** The CPUs that the process was started with. */
    public static SortedSet<Integer> ofThisProcess() {
        return new TreeSet<>(AT_START);
    }

    /** Moves the calling thread to these CPUs; threads that it creates inherit them. */
    public static void pinThisThread(SortedSet<Integer> cpus) {
        int errno = set(0, cpus);
        if (errno != 0) {
            throw new PosixException(
                    "sched_setaffinity(" + cpus + ")", errno, "the process may use CPUs " + ofThisProcess());
        }
    }

    /**
     * Moves every present thread of the process to these CPUs, the JVM's own (JIT, GC) among them, so that what is left
     * belongs to the poll loops.
     */
    public static void confineProcess(SortedSet<Integer> cpus) {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                // A thread that has ended meanwhile needs no CPU: its ESRCH is no error.
                set(Integer.parseInt(thread.getFileName().toString()), cpus);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int set(int thread, SortedSet<Integer> cpus) {
        try (Arena arena = Arena.ofConfined()) {
            BitSet bits = new BitSet();
            cpus.forEach(bits::set);
            byte[] bytes = bits.toByteArray();
            if (bytes.length > MASK_BYTES) {
                return Errno.EINVAL; // beyond any CPU that the kernel can have
            }
            MemorySegment mask = arena.allocate(MASK_BYTES).copyFrom(MemorySegment.ofArray(bytes));
            MemorySegment state = Posix.newState(arena);
            int result = (int) SET.invokeExact(state, thread, (long) MASK_BYTES, mask);
            return result < 0 ? Posix.errno(state) : 0;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    private static SortedSet<Integer> get(int thread) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MASK_BYTES);
            MemorySegment state = Posix.newState(arena);
            int result = (int) GET.invokeExact(state, thread, (long) MASK_BYTES, mask);
            if (result < 0) {
                throw new PosixException("sched_getaffinity(" + thread + ")", Posix.errno(state), "");
            }
            return BitSet.valueOf(mask.asByteBuffer()).stream().boxed().collect(Collectors.toCollection(TreeSet::new));
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }
}
