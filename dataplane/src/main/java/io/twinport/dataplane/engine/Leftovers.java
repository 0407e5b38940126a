package io.twinport.dataplane.engine;

import io.twinport.dataplane.capture.FlightRecorder;
import io.twinport.dataplane.cnc.CncException;
import io.twinport.dataplane.cnc.CncReading;
import io.twinport.dataplane.cnc.MappedFile;
import io.twinport.dataplane.cnc.NameLock;
import io.twinport.dpdk.Eal;
import io.twinport.posix.FileType;
import io.twinport.posix.Folder;
import io.twinport.posix.SystemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What twinport processes have left behind that were killed: EAL's files, sockets that nobody listens at, files that have
 * not been finished. What they have on record stays, unless nobody can ever ask for it by its name.
 */
public final class Leftovers {
    private static final String LOCK = ".lock";
    private static final Pattern NAMED_AFTER_PROCESS = Pattern.compile(".*-(\\d{1,9})\\.cnc");

    private Leftovers() {}

    /**
     * Deletes what they have left, whatever their names were. EAL runs.
     *
     * @param cnc of this process, in whose folder is looked
     */
    static void delete(Path cnc) {
        Eal.deleteLeftovers();
        Folder.deleteLeftovers();
        Path folder = Objects.requireNonNull(cnc.toAbsolutePath().getParent());
        for (Path file : SystemFiles.list(folder)) {
            String name = SystemFiles.name(file);
            if (name.endsWith(LOCK)) {
                deleteOf(folder.resolve(name.substring(0, name.length() - LOCK.length()) + ".cnc"));
            }
        }
    }

    private static void deleteOf(Path cnc) {
        try {
            Optional<NameLock> lock = NameLock.tryGet(cnc);
            if (lock.isPresent()) {
                try (NameLock _ = lock.get()) {
                    deleteUnused(cnc);
                }
            }
        } catch (IOException e) {
            // It is another user's, or goes at this moment.
        }
    }

    /** Nobody has the name, and nobody gets it meanwhile. */
    private static void deleteUnused(Path cnc) throws IOException {
        Path flight = FlightRecorder.beside(cnc);
        Path socket = cnc.resolveSibling(SystemFiles.name(cnc).replaceFirst("\\.cnc$", ".sock"));
        if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)
                && FileType.of(socket, LinkOption.NOFOLLOW_LINKS) == FileType.SOCKET) {
            Files.delete(socket);
        }
        Files.deleteIfExists(MappedFile.unfinished(cnc));
        Files.deleteIfExists(MappedFile.unfinished(flight));
        if (isOfDeadProcess(cnc)) {
            discard(cnc);
        }
    }

    /**
     * Deletes all that belongs to a name that no other process ever has.
     *
     * @param cnc of a process that has ended
     */
    public static void discard(Path cnc) throws IOException {
        Files.deleteIfExists(cnc);
        Files.deleteIfExists(FlightRecorder.beside(cnc));
        Files.deleteIfExists(NameLock.file(cnc));
    }

    /** Whether it is named after its process, as those of {@code demo} and {@code soak} are, and that has ended. */
    private static boolean isOfDeadProcess(Path cnc) {
        Matcher name = NAMED_AFTER_PROCESS.matcher(SystemFiles.name(cnc));
        if (!name.matches()) {
            return false;
        }
        long pid = Long.parseLong(name.group(1));
        try {
            return Files.exists(cnc)
                    ? CncReading.read(cnc).pid() == pid
                    : ProcessHandle.of(pid).isEmpty();
        } catch (CncException e) {
            return false;
        }
    }
}
