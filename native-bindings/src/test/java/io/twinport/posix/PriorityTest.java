package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class PriorityTest {
    /** Field 19 of {@code /proc/PID/stat}, in which the name may hold spaces. */
    private static final int NICE_AFTER_NAME = 16;

    @Test
    void shouldRaiseThisThreadAndThoseThatItCreates() throws Exception {
        onItsOwn(() -> {
            int expected = Priority.raiseThisThread() ? -10 : nice();
            assertEquals(expected, nice());
            assertEquals(expected, onItsOwn(PriorityTest::nice));
            return null;
        });
        assertEquals(0, nice());
    }

    private static <T> T onItsOwn(Callable<T> task) throws Exception {
        FutureTask<T> future = new FutureTask<>(task);
        Thread.ofPlatform().start(future);
        return future.get();
    }

    private static int nice() throws Exception {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[NICE_AFTER_NAME]);
    }
}
