package io.twinport.perf.launch;

import io.twinport.control.UserException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** How long a polling thread was runnable but another process had its CPU. */
public final class CpuWait {
    private CpuWait() {}

    /** Nanoseconds so far of the threads of a process that may run on this one CPU only. */
    public static long nanos(long pid, int cpu) {
        long waited = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc", "" + pid, "task"))) {
            for (Path thread : threads) {
                waited += waited(thread, cpu);
            }
            return waited;
        } catch (IOException e) {
            throw new UserException("process " + pid + " has ended while it was measured: " + e.getMessage(), e);
        }
    }

    private static long waited(Path thread, int cpu) {
        try {
            return isOn(thread, cpu) ? delay(Files.readString(thread.resolve("schedstat"))) : 0;
        } catch (IOException e) {
            return 0; // it has ended meanwhile, as a collector's do; the loop's has not
        }
    }

    private static boolean isOn(Path thread, int cpu) throws IOException {
        try (var lines = Files.lines(thread.resolve("status"))) {
            return lines.anyMatch(line -> line.equals("Cpus_allowed_list:\t" + cpu));
        }
    }

    /** {@code schedstat}: time run, time waited, number of slices. */
    static long delay(String schedstat) {
        return Long.parseLong(schedstat.trim().split(" ", -1)[1]);
    }
}
