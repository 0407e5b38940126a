package io.twinport.perf.launch;

import io.twinport.control.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What of a process is in RAM beside DPDK's packet memory. The kernel does not count hugepages as resident; without them
 * EAL takes its memory from a file of its own ({@code eal_memory.c}), and what is used of that is left out here.
 */
public final class ResidentMemory {
    private static final String OF_EAL = "/memfd:nohuge";

    private ResidentMemory() {}

    /** Kilobytes, of a process that runs. */
    public static long kilobytes(long pid) {
        try {
            return resident(Files.readAllLines(Path.of("/proc", "" + pid, "status")))
                    - ofEal(Files.readAllLines(Path.of("/proc", "" + pid, "smaps")));
        } catch (IOException e) {
            throw new UserException("process " + pid + " has ended while it was measured: " + e.getMessage(), e);
        }
    }

    static long resident(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(ResidentMemory::value)
                .sum();
    }

    /** {@code smaps}: of each mapping a line of addresses, which may end in a file's name, then one of each number. */
    static long ofEal(List<String> smaps) {
        long sum = 0;
        boolean inside = false;
        for (String line : smaps) {
            if (line.startsWith("Rss:")) {
                sum += inside ? value(line) : 0;
            } else if (Character.isDigit(line.charAt(0)) || Character.isLowerCase(line.charAt(0))) {
                inside = line.contains(OF_EAL);
            }
        }
        return sum;
    }

    /** {@code VmRSS:   123 kB}. */
    private static long value(String line) {
        return Long.parseLong(line.replaceAll("\\D", ""));
    }
}
