package io.twinport.dpdk.testing;

import io.twinport.dpdk.DpdkLibraries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

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
        Path module = moduleFolder();
        Path folder = folder(module.resolve("target"));
        ChildJvm.Result result =
                ChildJvm.run(List.of(module.resolve("debian/fetch.sh").toString(), "trixie", folder.toString()));
        Assumptions.assumeTrue(
                result.exitCode() == 0, () -> "DPDK 24.11 cannot be downloaded, so it is not tested: " + result);
        return new Dpdk2411(folder.resolve("root"));
    }

    /** Below the build folder, or in the user's cache if anybody may write above that: EAL refuses drivers there. */
    private static Path folder(Path build) throws IOException {
        for (Path above = build.toAbsolutePath(); above != null; above = above.getParent()) {
            if (Files.exists(above)
                    && Files.getPosixFilePermissions(above).contains(PosixFilePermission.OTHERS_WRITE)) {
                return Path.of(System.getProperty("user.home"), ".cache", "twinport", NAME);
            }
        }
        return build.resolve(NAME);
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

    /** Tests run in their module's folder; those of other modules find this one beside it. */
    private static Path moduleFolder() {
        Path here = Path.of("").toAbsolutePath();
        return here.endsWith("native-bindings") ? here : here.resolveSibling("native-bindings");
    }
}
