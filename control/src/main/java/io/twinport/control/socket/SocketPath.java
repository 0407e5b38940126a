package io.twinport.control.socket;

import io.twinport.control.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Where a unix socket may be made. */
public final class SocketPath {
    /** Bytes of {@code sockaddr_un}, without the final 0; who gives more is cut short in silence by some. */
    public static final int LONGEST = 107;

    private static final int KIND = 0170000;
    private static final int SOCKET = 0140000;

    private SocketPath() {}

    /**
     * Checks a path before anything is made.
     *
     * @param option with the path as it was given, for messages
     * @param toBeMade a folder that will be there when the socket is made
     * @throws UserException if no socket can be made there
     */
    public static void check(String option, Path file, Path toBeMade) {
        if (!isShort(file)) {
            throw new UserException(option + " is too long: a unix socket's path has " + LONGEST
                    + " bytes at most. Choose a shorter one.");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null
                || !Files.isDirectory(folder) && !toBeMade.toAbsolutePath().startsWith(folder)) {
            throw new UserException(option + " is not possible: there is no folder " + folder
                    + ". Make it, or choose a path in one that exists.");
        }
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !isSocket(file)) {
            throw new UserException(option + " exists and is no socket. Choose another path, or delete it.");
        }
    }

    /** Whether a path fits into a socket's address. */
    public static boolean isShort(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST;
    }

    private static boolean isSocket(Path file) {
        try {
            return Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) instanceof Integer mode
                    && (mode & KIND) == SOCKET;
        } catch (IOException e) {
            return false;
        }
    }
}
