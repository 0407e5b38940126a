package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;

import io.twinport.posix.FileErrors;
import io.twinport.posix.PrivateFolder;
import io.twinport.posix.ThisUser;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where EAL has its files and its telemetry socket: a folder for each {@code --file-prefix}, in one for all of a user's processes,
 * {@code /run/dpdk} for instance. EAL takes that as it finds it, and leaves its own behind.
 */
final class EalFolder {
    private static final Pattern OURS = Pattern.compile(EalArguments.PREFIX + "(\\d{1,9})");

    private EalFolder() {}

    /**
     * Makes the folder for all where there is none, and checks it: in {@code /tmp} anybody may have made it before.
     *
     * @throws DpdkException if it is not this user's or root's
     */
    static void prepare() {
        Path folder = parent(System.getenv(), ThisUser.id());
        try {
            PrivateFolder.make(folder);
        } catch (IOException e) {
            throw new DpdkException(
                    "EAL cannot have its files in " + folder + ": " + FileErrors.reason(e)
                            + ". Give it a folder of yours by the environment variable "
                            + (ThisUser.id() == ThisUser.ROOT ? "RUNTIME_DIRECTORY" : "XDG_RUNTIME_DIR") + ".",
                    e);
        }
    }

    /** As eal_create_runtime_dir() finds it. */
    static Path parent(Map<String, String> environment, int user) {
        return Optional.ofNullable(environment.get("RUNTIME_DIRECTORY"))
                .or(() -> user == ThisUser.ROOT
                        ? Optional.of("/var/run")
                        : Optional.ofNullable(environment.get("XDG_RUNTIME_DIR")))
                .map(Path::of)
                .orElse(Path.of("/tmp"))
                .resolve("dpdk");
    }

    /** That of this process. EAL has been started, or has tried to. */
    static Path own() {
        MethodHandle get = Symbols.function("rte_eal_get_runtime_dir", FunctionDescriptor.of(ADDRESS));
        try {
            return Path.of(((MemorySegment) get.invokeExact()).reinterpret(4096).getString(0));
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    /** Deletes this process's, unless its user has given it a prefix. */
    static void deleteOwn(Path folder) {
        if (folder.endsWith(EalArguments.ownPrefix())) {
            delete(folder);
        }
    }

    /** Deletes those beside it of twinport processes that have been killed. */
    static void deleteLeftovers(Path own) {
        try (Stream<Path> folders = Files.list(own.resolveSibling(""))) {
            folders.filter(EalFolder::isLeftover).forEach(EalFolder::delete);
        } catch (IOException e) {
            System.getLogger("twinport").log(System.Logger.Level.DEBUG, "EAL's folders are not looked at", e);
        }
    }

    private static boolean isLeftover(Path folder) {
        Matcher name = OURS.matcher(folder.getFileName().toString());
        return name.matches()
                && PrivateFolder.isOwn(folder)
                && !isProcessOf(Long.parseLong(name.group(1)), folder)
                && !isLocked(folder.resolve("config"));
    }

    /** A process of that number may be a later one. */
    private static boolean isProcessOf(long pid, Path folder) {
        try {
            Instant made = Files.getLastModifiedTime(folder).toInstant();
            return ProcessHandle.of(pid)
                    .map(process -> process.info().startInstant().orElse(made))
                    .filter(start -> start.isBefore(made.plusSeconds(1)))
                    .isPresent();
        } catch (IOException e) {
            return true;
        }
    }

    /** EAL holds a lock on its configuration as long as it lives, also where its process has another number, in a container. */
    private static boolean isLocked(Path config) {
        if (!Files.exists(config)) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(config, StandardOpenOption.WRITE)) {
            return channel.tryLock() == null;
        } catch (IOException e) {
            return true;
        }
    }

    private static void delete(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            System.getLogger("twinport").log(System.Logger.Level.DEBUG, "EAL's folder stays", e);
        }
    }
}
