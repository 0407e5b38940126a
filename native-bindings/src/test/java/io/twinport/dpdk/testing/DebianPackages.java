package io.twinport.dpdk.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** Packages of any Debian release with all that they need: unpacked, not installed. */
public final class DebianPackages {
    private DebianPackages() {}

    /**
     * Downloads and unpacks them unless that was done before; where there is no network the calling test is skipped.
     *
     * @param suite the release's name
     * @param name of the folder that is made for them
     * @param packages none for DPDK with its virtual devices
     * @return the root of the unpacked tree
     */
    public static Path fetch(String suite, String name, String... packages) throws IOException, InterruptedException {
        Path module = moduleFolder();
        Path folder = folder(module.resolve("target"), name);
        List<String> command =
                new ArrayList<>(List.of(module.resolve("debian/fetch.sh").toString(), suite, folder.toString()));
        command.addAll(List.of(packages));
        ChildJvm.Result result = ChildJvm.run(command);
        Assumptions.assumeTrue(
                result.exitCode() == 0, () -> name + " cannot be downloaded, so it is not tested: " + result);
        return folder.resolve("root");
    }

    /** Below the build folder, or in the user's cache if anybody may write above that: EAL refuses drivers there. */
    private static Path folder(Path build, String name) throws IOException {
        for (Path above = build.toAbsolutePath(); above != null; above = above.getParent()) {
            if (Files.exists(above)
                    && Files.getPosixFilePermissions(above).contains(PosixFilePermission.OTHERS_WRITE)) {
                return Path.of(System.getProperty("user.home"), ".cache", "twinport", name);
            }
        }
        return build.resolve(name);
    }

    /** Tests run in their module's folder; those of other modules find this one beside it. */
    private static Path moduleFolder() {
        Path here = Path.of("").toAbsolutePath();
        return here.endsWith("native-bindings") ? here : here.resolveSibling("native-bindings");
    }
}
