package io.twinport.dpdk.testing;

import io.twinport.dpdk.DpdkLibraries;
import java.nio.file.Path;
import java.util.List;

/** DPDK 24.11 as Debian 13 packages it, with the libc that it needs: unpacked, not installed. */
public final class Dpdk2411 {
    private static final String NAME = "dpdk-24.11";
    private static final String MULTIARCH = "x86_64-linux-gnu";

    private final Path root;

    private Dpdk2411(Path root) {
        this.root = root;
    }

    /** Downloads and unpacks it unless that was done before; where there is no network the calling test is skipped. */
    public static Dpdk2411 fetch() throws Exception {
        return new Dpdk2411(DebianPackages.fetch("trixie", NAME));
    }

    /** A JVM that runs on this DPDK: its libraries are newer than the system's libc, so that one is replaced as well. */
    public ChildJvm jvm() {
        String libraries = root.resolve("usr/lib").resolve(MULTIARCH).toString();
        String loader = root.resolve("usr/lib64/ld-linux-x86-64.so.2").toString();
        return new ChildJvm()
                .through(List.of(loader, "--library-path", libraries))
                .with("-D" + DpdkLibraries.DIRECTORY_PROPERTY + "=" + libraries);
    }

    /** What the C compiler needs to find its headers. */
    public List<String> compilerFlags() {
        Path include = root.resolve("usr/include");
        return List.of(
                "-I" + include.resolve(MULTIARCH).resolve("dpdk"),
                "-I" + include.resolve("dpdk"),
                "-include",
                "rte_config.h",
                "-march=corei7");
    }
}
