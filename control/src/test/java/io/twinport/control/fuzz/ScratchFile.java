package io.twinport.control.fuzz;

import io.twinport.posix.Folder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file for inputs, in memory. */
public record ScratchFile(Folder folder, Path path) implements AutoCloseable {
    public static ScratchFile create(String name) throws IOException {
        Folder folder = new Folder(Files.createTempDirectory(Path.of("/dev/shm"), "twinport-fuzz"));
        return new ScratchFile(folder, folder.path().resolve(name));
    }

    /** Gives it this content. */
    public Path with(byte[] content) throws IOException {
        return Files.write(path, content);
    }

    @Override
    public void close() {
        folder.close();
    }
}
