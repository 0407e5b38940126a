package io.twinport.posix;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Folders for files that are nobody else's. In a folder that another user has made, or may write in, the files could be deleted,
 * replaced, or be links to files elsewhere before they are made.
 */
public final class PrivateFolder {
    private static final FileAttribute<Set<PosixFilePermission>> MINE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final int GROUP_AND_OTHERS = 0077;
    private static final int WRITTEN_BY_OTHERS = 0022;

    /** Nobody but a file's owner may delete or rename it, as in {@code /tmp}. */
    private static final int STICKY = 01000;

    private PrivateFolder() {}

    /**
     * Makes a folder for this user alone where there is none, and checks one that is there.
     *
     * @throws IOException as {@link #check}
     */
    public static void make(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, MINE);
        }
        check(folder);
    }

    /**
     * Checks a folder that a user has chosen: it is this user's or root's, and nobody else may take files out of it.
     *
     * @throws IOException if it is not; {@link FileErrors#reason} says why
     */
    public static void check(Path folder) throws IOException {
        checkOwner(folder, attributes(folder, LinkOption.NOFOLLOW_LINKS)); // of the link, if it is one
        Map<String, Object> attributes = attributes(folder);
        checkOwner(folder, attributes);
        int mode = mode(attributes);
        if ((mode & WRITTEN_BY_OTHERS) != 0 && (mode & STICKY) == 0) {
            throw wrong(folder, "other users may write in it (mode %04o)".formatted(mode));
        }
    }

    /**
     * Checks a folder whose name others can guess: it is no link, and this user's alone.
     *
     * @throws IOException if it is not; {@link FileErrors#reason} says why
     */
    public static void checkOwn(Path folder) throws IOException {
        Map<String, Object> attributes = attributes(folder, LinkOption.NOFOLLOW_LINKS);
        if (Boolean.FALSE.equals(attributes.get("isDirectory"))) {
            throw wrong(folder, "it is no folder");
        }
        int owner = (int) Objects.requireNonNull(attributes.get("uid"));
        int mode = mode(attributes);
        if (owner != ThisUser.id() || (mode & GROUP_AND_OTHERS) != 0) {
            throw wrong(folder, "it belongs to user %s and has mode %04o".formatted(attributes.get("owner"), mode));
        }
    }

    /** Whether {@link #checkOwn} has nothing to say. */
    public static boolean isOwn(Path folder) {
        try {
            checkOwn(folder);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Map<String, Object> attributes(Path folder, LinkOption... options) throws IOException {
        return Files.readAttributes(folder, "unix:owner,uid,mode,isDirectory", options);
    }

    private static int mode(Map<String, Object> attributes) {
        return (int) Objects.requireNonNull(attributes.get("mode")) & 07777;
    }

    private static void checkOwner(Path folder, Map<String, Object> attributes) throws IOException {
        int owner = (int) Objects.requireNonNull(attributes.get("uid"));
        if (owner != ThisUser.id() && owner != ThisUser.ROOT) {
            throw wrong(folder, "it belongs to user " + attributes.get("owner"));
        }
    }

    private static FileSystemException wrong(Path folder, String reason) {
        return new FileSystemException(folder.toString(), null, reason);
    }
}
