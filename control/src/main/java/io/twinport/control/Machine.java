package io.twinport.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the numbers were taken on. */
public final class Machine {
    private Machine() {}

    /** For instance {@code AMD EPYC, 2 CPUs, Linux 6.18.44}. */
    public static String describe() {
        return cpuModel() + ", " + io.twinport.posix.Affinity.ofThisProcess().size() + " CPUs, "
                + System.getProperty("os.name") + " " + System.getProperty("os.version");
    }

    /** For instance {@code 25.0.3+9-LTS}. */
    public static String jdk() {
        return Runtime.version().toString();
    }

    private static String cpuModel() {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/cpuinfo"));
            return lines.stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}
