package io.twinport.control.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Pause;
import io.twinport.posix.SystemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each reader is given what is nearly right: it reads it or says what is wrong, and nothing stays behind. {@code
 * -Dtwinport.fuzz.seed} and {@code -Dtwinport.fuzz.inputs} are for another run of it.
 */
class ReadersFuzzTest {
    private static final long SEED = Long.getLong("twinport.fuzz.seed", System.nanoTime() & Integer.MAX_VALUE);
    private static final int INPUTS = Integer.getInteger("twinport.fuzz.inputs", 10_000);

    /** Until all is loaded that stays. */
    private static final int FIRST = 1000;

    private static final long MOST_GROWTH = 8 << 20;
    private static final int MILLIS = 10_000;

    /** For one input: a hang, however busy the machine is. */
    private static final int HANG_MILLIS = 60_000;

    static Set<String> readers() {
        return FuzzTargets.names();
    }

    @ParameterizedTest
    @MethodSource("readers")
    void shouldReadAnythingOrSayWhatIsWrong(String name) throws Exception {
        System.out.println("fuzz " + name + ": " + INPUTS + " inputs, seed " + SEED);
        try (FuzzTarget target = FuzzTargets.make(name)) {
            List<byte[]> corpus = new ArrayList<>(target.seeds());
            corpus.addAll(found(name));
            for (byte[] input : corpus) {
                read(target, input);
            }
            Mutator mutator = new Mutator(SEED, corpus, target::draw);
            for (int i = 0; i < FIRST; i++) {
                read(target, mutator.next());
            }
            int descriptors = descriptors();
            int threads = Thread.activeCount();
            long heap = heap();
            for (int i = FIRST; i < INPUTS; i++) {
                read(target, mutator.next());
            }
            assertTrue(
                    Pause.until(() -> descriptors() <= descriptors, MILLIS),
                    () -> descriptors() + " open, and " + descriptors + " before");
            assertTrue(
                    Pause.until(() -> Thread.activeCount() <= threads, MILLIS),
                    () -> Thread.activeCount() + " threads, and " + threads + " before");
            assertTrue(
                    Pause.until(() -> heap() <= heap + MOST_GROWTH, MILLIS),
                    () -> "heap of " + heap() + " bytes, and " + heap + " before");
        }
    }

    /** Inputs that came to places where no other had come. */
    private static List<byte[]> found(String name) throws IOException {
        List<byte[]> found = new ArrayList<>();
        for (Path file : SystemFiles.list(Path.of("src/test/resources/fuzz", name))) {
            found.add(Files.readAllBytes(file));
        }
        return found;
    }

    private static void read(FuzzTarget target, byte[] input) {
        long begin = System.nanoTime();
        try {
            target.read(input);
        } catch (Exception e) {
            if (!FuzzTargets.isForUsers(e)) {
                throw fault(input, e);
            }
        } catch (Error e) {
            throw fault(input, e);
        }
        long millis = (System.nanoTime() - begin) / 1_000_000;
        assertTrue(millis < HANG_MILLIS, () -> millis + " ms for " + text(input));
    }

    private static AssertionError fault(byte[] input, Throwable cause) {
        return new AssertionError("seed " + SEED + ", input (Base64) " + text(input), cause);
    }

    private static String text(byte[] input) {
        return Base64.getEncoder().encodeToString(input);
    }

    private static int descriptors() {
        return SystemFiles.list(Path.of("/proc/self/fd")).size();
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
