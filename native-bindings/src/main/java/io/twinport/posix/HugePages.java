package io.twinport.posix;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine's reserved hugepages. */
public final class HugePages {
    private static final Path SIZES = Path.of("/sys/kernel/mm/hugepages");

    private HugePages() {}

    /** Megabytes of hugepages, of any size, that no process uses; 0 where the kernel has none. */
    public static int freeMegabytes() {
        long kilobytes = 0;
        try (DirectoryStream<Path> sizes = Files.newDirectoryStream(SIZES, "hugepages-*kB")) {
            for (Path size : sizes) {
                long free = Long.parseLong(
                        Files.readString(size.resolve("free_hugepages")).trim());
                kilobytes += free * Long.parseLong(size.getFileName().toString().replaceAll("\\D", ""));
            }
        } catch (IOException e) {
            return 0; // a kernel without hugepages has no such folder
        }
        return (int) (kilobytes / 1024);
    }
}
