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
        return freeMegabytes(SIZES);
    }

    /** The same of another machine's folder. */
    public static int freeMegabytes(Path sizes) {
        return megabytes(sizes, "free_hugepages");
    }

    /** Megabytes of hugepages, of any size, used or not; 0 where there are none. */
    public static int reservedMegabytes(Path sizes) {
        return megabytes(sizes, "nr_hugepages");
    }

    private static int megabytes(Path folder, String count) {
        long kilobytes = 0;
        try (DirectoryStream<Path> sizes = Files.newDirectoryStream(folder, "hugepages-*kB")) {
            for (Path size : sizes) {
                long pages =
                        Long.parseLong(Files.readString(size.resolve(count)).trim());
                kilobytes +=
                        pages * Long.parseLong(size.getFileName().toString().replaceAll("\\D", ""));
            }
        } catch (IOException e) {
            return 0; // a kernel without hugepages has no such folder
        }
        return (int) (kilobytes / 1024);
    }
}
