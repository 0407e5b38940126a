package io.twinport.control.cli;

import io.twinport.control.UserException;
import io.twinport.dpdk.EalArguments;
import io.twinport.posix.FileErrors;
import io.twinport.posix.PrivateFolder;
import io.twinport.posix.ThisUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that moves packets. */
final class EngineOptions {
    /** What a process is called that is given no other name. */
    static final String DEFAULT_NAME = "twinport";

    /** With what is put behind it, NAME is a file's name. */
    private static final String NAME = "\\w[\\w.-]{0,63}";

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description =
                    "Name of this process: two processes need two names. Default: twinport; demo and soak make their"
                            + " own")
    @Nullable
    String name;

    @Option(
            names = "--cnc-dir",
            paramLabel = "DIR",
            description = "Folder of NAME.cnc: commands, events, counters and switch records. Default:"
                    + " /dev/shm/twinport-USER")
    @Nullable
    Path folder;

    /** Takes what others say. */
    void overrideBy(EngineOptions given) {
        name = given.name != null ? given.name : name;
        folder = given.folder != null ? given.folder : folder;
    }

    /** @throws UserException if the name or the folder cannot be one */
    Path cncFile(String defaultName) {
        String name = this.name != null ? this.name : defaultName;
        if (!name.matches(NAME)) {
            throw new UserException(
                    "--name " + name + " is not possible: use up to 64 letters, digits, '.', '-' and '_', and"
                            + " begin with neither '.' nor '-'.");
        }
        if (folder != null) {
            checkFolder(folder);
        }
        return (folder != null ? folder : ownFolder()).resolve(name + ".cnc");
    }

    /** Anybody who knows the name of the user can make this folder before him. */
    private static Path ownFolder() {
        Path folder = Path.of("/dev/shm", "twinport-" + ThisUser.name());
        try {
            if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                PrivateFolder.checkOwn(folder);
            }
            return folder;
        } catch (IOException e) {
            throw new UserException(
                    folder + " is not used: " + FileErrors.reason(e)
                            + ". It must belong to you, with mode 0700: look at its files, and delete it; or"
                            + " choose another folder with --cnc-dir DIR.",
                    e);
        }
    }

    /** It is made where it is missing. */
    private static void checkFolder(Path folder) {
        Path there = folder.toAbsolutePath();
        while (there.getParent() != null && !Files.exists(there)) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there)) {
            throw new UserException(
                    "--cnc-dir " + folder + " is not possible: " + there + " is no folder. Give another one.");
        }
    }

    /**
     * The arguments of EAL.
     *
     * @param allowedPci PCI devices that it may touch
     * @param own the user's
     * @throws UserException if EAL, or twinport, cannot do with these
     */
    static EalArguments eal(List<String> allowedPci, List<String> own) {
        try {
            return EalArguments.of(allowedPci, own);
        } catch (IllegalArgumentException e) {
            throw new UserException(e.getMessage() + ".", e);
        }
    }
}
