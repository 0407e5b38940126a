package io.twinport.control.lab;

import static io.twinport.posix.SystemFiles.text;

import io.twinport.control.Pause;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The threads in which DPDK's virtio-user and vhost-user drivers notice that a connection has come or gone. A device that
 * is stopped or removed while they do crashes the process: virtio-user's calls the operations of a device that is no
 * more, vhost's connects anew a socket that was freed (DPDK 22.11 and 24.11 have no call that waits for them). So this
 * waits until each of them waits for something itself.
 */
final class DriverThreads {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final Pattern NAMES = Pattern.compile("(eal-intr|dpdk-intr|vhost-ev|dpdk-vhost-e).*");

    /** poll, ppoll, epoll_wait and epoll_pwait; x86 and Arm. */
    private static final Set<String> WAITING = Set.of("7", "271", "232", "281", "73", "22");

    /** What a driver puts off it puts off by a microsecond: whoever waits now, and still does then, has nothing to do. */
    private static final int LOOKS = 3;

    /** A machine that has no CPU to spare takes seconds for what takes a millisecond. */
    private static final int LIMIT_MILLIS = 60_000;

    private DriverThreads() {}

    /**
     * Returns when they have done what is to do at this moment.
     *
     * @throws IllegalStateException if they never have: nothing may be done to their devices
     */
    static void awaitIdle() {
        List<Path> tasks = tasks();
        int[] idle = new int[1];
        boolean areIdle = Pause.until(
                () -> {
                    idle[0] = tasks.stream().allMatch(DriverThreads::waits) ? idle[0] + 1 : 0;
                    return idle[0] == LOOKS;
                },
                LIMIT_MILLIS);
        if (!areIdle) {
            throw new IllegalStateException("DPDK's threads are busy for " + LIMIT_MILLIS / 1000 + " s");
        }
    }

    private static List<Path> tasks() {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                if (NAMES.matcher(text(task.resolve("comm"))).matches()) {
                    found.add(task);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(TASKS + " cannot be read", e);
        }
        return found;
    }

    private static boolean waits(Path task) {
        String call = text(task.resolve("syscall"));
        int space = call.indexOf(' ');
        return space > 0 && WAITING.contains(call.substring(0, space));
    }
}
