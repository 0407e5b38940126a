package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AffinityTest {
    private static final SortedSet<Integer> ALL = Affinity.ofThisProcess();
    private static final SortedSet<Integer> LAST = new TreeSet<>(List.of(ALL.last()));
    private static final SortedSet<Integer> FIRST = new TreeSet<>(List.of(ALL.first()));

    /** As the kernel says, {@code 0-3,6}. */
    private static SortedSet<Integer> ofThisThread() {
        SortedSet<Integer> all = new TreeSet<>();
        String list = lines("/proc/thread-self/status")
                .filter(line -> line.startsWith("Cpus_allowed_list:"))
                .findFirst()
                .orElseThrow();
        for (String range : list.replaceAll(".*\\s", "").split(",")) {
            String[] ends = range.split("-");
            for (int cpu = Integer.parseInt(ends[0]); cpu <= Integer.parseInt(ends[ends.length - 1]); cpu++) {
                all.add(cpu);
            }
        }
        return all;
    }

    private static Stream<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file)).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldPinOnlyTheCallingThread() throws Exception {
        FutureTask<SortedSet<Integer>> pinned = new FutureTask<>(() -> {
            Affinity.pinThisThread(LAST);
            return ofThisThread();
        });
        Thread.ofPlatform().start(pinned);
        assertEquals(LAST, pinned.get());
        assertEquals(ALL, ofThisThread());
        assertEquals(ALL, Affinity.ofThisProcess());
    }

    @Test
    void shouldMoveThreadsThatRunAlready() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch confined = new CountDownLatch(1);
        FutureTask<SortedSet<Integer>> other = new FutureTask<>(() -> {
            started.countDown();
            confined.await();
            return ofThisThread();
        });
        Thread.ofPlatform().start(other);
        started.await();
        try {
            Affinity.confineProcess(FIRST);
            confined.countDown();
            assertEquals(FIRST, other.get());
            assertEquals(FIRST, ofThisThread());
            assertEquals(ALL, Affinity.ofThisProcess(), "what the process was started with does not change");
        } finally {
            Affinity.confineProcess(ALL);
        }
        assertEquals(ALL, ofThisThread());
    }

    @Test
    void shouldSayWhichCpusThereAre() {
        PosixException e =
                assertThrows(PosixException.class, () -> Affinity.pinThisThread(new TreeSet<>(List.of(1000))));
        assertEquals(Errno.EINVAL, e.errno());
        assertTrue(String.valueOf(e.getMessage()).startsWith("sched_setaffinity([1000]) failed: EINVAL"), e::toString);
        assertTrue(String.valueOf(e.getMessage()).endsWith("may use CPUs " + ALL), e::toString);
    }

    @Test
    void shouldRefuseCpuBeyondTheMask() {
        assertThrows(PosixException.class, () -> Affinity.pinThisThread(new TreeSet<>(List.of(5000))));
    }
}
