package io.twinport.control.socket;

import io.twinport.control.UserException;
import io.twinport.posix.SocketPath;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Where the control socket may be made. */
public final class ControlSocketPath {
    private ControlSocketPath() {}

    /**
     * Checks a path before anything is made.
     *
     * @param option with the path as it was given, for messages
     * @param toBeMade a folder that will be there when the socket is made
     * @throws UserException if no socket can be made there
     */
    public static void check(String option, Path file, Path toBeMade) {
        if (!SocketPath.isShort(file)) {
            throw new UserException(option + " is too long: a unix socket's path has " + SocketPath.LONGEST
                    + " bytes at most. Choose a shorter one.");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null
                || !Files.isDirectory(folder) && !toBeMade.toAbsolutePath().startsWith(folder)) {
            throw new UserException(option + " is not possible: there is no folder " + folder
                    + ". Make it, or choose a path in one that exists.");
        }
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !SocketPath.isSocket(file)) {
            throw new UserException(option + " exists and is no socket. Choose another path, or delete it.");
        }
    }
}
