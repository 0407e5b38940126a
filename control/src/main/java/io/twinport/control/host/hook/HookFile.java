package io.twinport.control.host.hook;

import io.twinport.control.UserException;
import io.twinport.posix.FileErrors;
import io.twinport.posix.RegularFile;
import io.twinport.posix.SystemFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** The script that libvirt calls, {@code HOOKS/qemu.d/twinport}. What is not ours there is left alone. */
public final class HookFile {
    private static final String SCRIPT = "qemu-hook.sh";
    private static final int MOST_BYTES = 1 << 16;

    private static final FileAttribute<Set<PosixFilePermission>> PROGRAM =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));

    private final Path hooks;
    private final Path file;

    /** @param hooks libvirt's folder, {@code /etc/libvirt/hooks} */
    public HookFile(Path hooks) {
        this.hooks = hooks;
        this.file = hooks.resolve("qemu.d").resolve("twinport");
    }

    public Path path() {
        return file;
    }

    /**
     * Installs it, in place of an older one of ours.
     *
     * @param refusesOnError whether a guest may not come where the check itself fails
     * @param command that checks a document on its stdin, with its arguments
     * @return whether anything has changed
     * @throws UserException if there is a file of somebody else, or it cannot be written
     */
    public boolean install(boolean refusesOnError, List<String> command) {
        String script = script(refusesOnError, command);
        try {
            if (exists() && own().equals(script)) {
                return false;
            }
            if (!Files.isDirectory(Objects.requireNonNull(hooks.toAbsolutePath().getParent()))) {
                throw new UserException(
                        "there is no folder " + hooks.toAbsolutePath().getParent()
                                + ": libvirt is not installed here. Install it, or name its folder of hooks with --hooks.");
            }
            Path folder = Objects.requireNonNull(file.getParent());
            Files.createDirectories(folder, PROGRAM);
            Path part = Files.createTempFile(folder, ".twinport", "", PROGRAM);
            try {
                Files.writeString(part, script);
                // The attribute is cut by the umask.
                Files.setPosixFilePermissions(part, PROGRAM.value());
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part);
            }
            return true;
        } catch (IOException e) {
            throw failure("written", e);
        }
    }

    /**
     * Takes it away.
     *
     * @return whether it was there
     * @throws UserException if what is there is not ours, or cannot be deleted
     */
    public boolean remove() {
        try {
            if (!exists()) {
                return false;
            }
            String ignored = own();
            Files.delete(file);
            return true;
        } catch (IOException e) {
            throw failure("deleted", e);
        }
    }

    private boolean exists() {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether libvirt has a hook of guests already: then it looks for more at each call. */
    public boolean hasAny() {
        return Files.isExecutable(hooks.resolve("qemu"))
                || SystemFiles.list(hooks.resolve("qemu.d")).stream().anyMatch(Files::isExecutable);
    }

    /** What is there, which is ours by its first lines. */
    private String own() throws IOException {
        boolean isLink = Files.isSymbolicLink(file);
        String text = isLink ? "" : new String(RegularFile.read(file, MOST_BYTES), StandardCharsets.UTF_8);
        if (!text.startsWith(head())) {
            throw new UserException(file + (isLink ? " is a link" : " is not twinport's")
                    + ", and is left as it is. Move it away, if nobody needs it.");
        }
        return text;
    }

    /** Up to the end of the line that says whose it is. */
    private static String head() {
        return template().lines().limit(2).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String script(boolean refusesOnError, List<String> command) {
        return template()
                .replace("@ON_ERROR@", refusesOnError ? "refuse" : "pass")
                .replace("@COMMAND@", command.stream().map(HookFile::quoted).collect(Collectors.joining(" ")));
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    private static String template() {
        try (InputStream in = Objects.requireNonNull(HookFile.class.getResourceAsStream(SCRIPT))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(SCRIPT + " is not in the jar", e);
        }
    }

    private UserException failure(String what, IOException e) {
        String why = e instanceof NoSuchFileException ? "a part of its path is missing" : FileErrors.reason(e);
        return new UserException(
                file + " cannot be " + what + ": " + why + ". Do it as root, or name libvirt's folder with --hooks.",
                e);
    }
}
