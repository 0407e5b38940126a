package io.twinport.posix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A temporary folder, for sockets and programs; closed, it is gone with the files in it. */
public record Folder(Path path) implements AutoCloseable {
    private static final Path PARENT = Path.of(System.getProperty("java.io.tmpdir"));
    private static final Pattern NAME = Pattern.compile("twinport-[a-z]+-(\\d{1,9})-\\d+");

    /** @param prefix of its name, {@code twinport-demo} for instance; this process's number follows */
    public static Folder create(String prefix) {
        try {
            return new Folder(Files.createTempDirectory(
                    PARENT, prefix + "-" + ProcessHandle.current().pid() + "-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes those of this user's processes that have been killed. */
    public static void deleteLeftovers() {
        for (Path folder : SystemFiles.list(PARENT)) {
            Matcher name = NAME.matcher(SystemFiles.name(folder));
            if (name.matches()
                    && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()
                    && PrivateFolder.isOwn(folder)) {
                try {
                    new Folder(folder).close();
                } catch (UncheckedIOException e) {
                    // There is a folder in it: it is none of these.
                }
            }
        }
    }

    @Override
    public void close() {
        try (var files = Files.list(path)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
