package io.twinport.perf.launch;

import io.twinport.control.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Compiles the C programs of {@code perf/baseline} against the DPDK that is installed. */
public final class CProgram {
    private CProgram() {}

    /** Compiles a file into a shared library. */
    public static Path library(String source, Path folder) {
        return compile(source, folder.resolve(source.replace(".c", ".so")), List.of("-shared", "-fPIC"), List.of());
    }

    /**
     * Compiles a file into a program.
     *
     * @param libraries that pkg-config does not name: drivers
     */
    public static Path program(String source, Path folder, String... libraries) {
        return compile(source, folder.resolve(source.replace(".c", "")), List.of(), List.of(libraries));
    }

    /** The release of DPDK that is installed for C programs, {@code DPDK 22.11.11}. */
    public static String dpdk() {
        return "DPDK " + run(List.of("pkg-config", "--modversion", "libdpdk"));
    }

    private static Path compile(String source, Path target, List<String> kind, List<String> libraries) {
        Path file = Path.of(home(), "perf", "baseline", source);
        List<String> command = new ArrayList<>(List.of("gcc", "-O3", "-march=native", "-Wall", "-Wextra", "-Werror"));
        command.addAll(kind);
        command.addAll(List.of(run(List.of("pkg-config", "--cflags", "libdpdk")).split("\\s+")));
        command.addAll(List.of("-o", target.toString(), file.toString()));
        command.addAll(List.of(run(List.of("pkg-config", "--libs", "libdpdk")).split("\\s+")));
        command.addAll(libraries);
        run(command);
        return target;
    }

    /** The launcher says where the tree is; without it this is started in the tree or in the module, as tests are. */
    private static String home() {
        return System.getProperty("twinport.home", Files.isDirectory(Path.of("baseline")) ? ".." : ".");
    }

    private static String run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new UserException(String.join(" ", command) + " failed:\n" + output);
            }
            return output.trim();
        } catch (IOException e) {
            throw new UserException(command.getFirst() + " is missing. Run: sudo ./twinport setup", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("interrupted", e);
        }
    }
}
