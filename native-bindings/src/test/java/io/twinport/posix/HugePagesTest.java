package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HugePagesTest {
    @TempDir
    private Path folder;

    private void make(String size, int free, int reserved) throws IOException {
        Path made = Files.createDirectory(folder.resolve(size));
        Files.writeString(made.resolve("free_hugepages"), free + "\n");
        Files.writeString(made.resolve("nr_hugepages"), reserved + "\n");
    }

    @Test
    void shouldAddUpPagesOfAllSizes() throws IOException {
        make("hugepages-2048kB", 3, 5);
        make("hugepages-1048576kB", 1, 2);
        assertEquals(3 * 2 + 1024, HugePages.freeMegabytes(folder));
        assertEquals(5 * 2 + 2 * 1024, HugePages.reservedMegabytes(folder));
    }

    @Test
    void shouldFindNoneWhereTheKernelHasNone() {
        assertEquals(0, HugePages.freeMegabytes(folder.resolve("none")));
        assertEquals(0, HugePages.reservedMegabytes(folder));
    }

    /** The kernel tells the free pages of its default size elsewhere too; those of other sizes come on top. */
    @Test
    void shouldCountAtLeastWhatMeminfoSays() throws Exception {
        long before;
        long after = freeMegabytesOfDefaultSize();
        int free;
        do {
            // Another process may take some between two looks.
            before = after;
            free = HugePages.freeMegabytes();
            after = freeMegabytesOfDefaultSize();
        } while (before != after);
        assertTrue(free >= after, free + " MB against " + after + " MB in /proc/meminfo");
    }

    private static long freeMegabytesOfDefaultSize() throws Exception {
        long pages = 0;
        long kilobytes = 0;
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            long number = Long.parseLong("0" + line.replaceAll("^[^:]*|\\D", ""));
            if (line.startsWith("HugePages_Free:")) {
                pages = number;
            } else if (line.startsWith("Hugepagesize:")) {
                kilobytes = number;
            }
        }
        return pages * kilobytes / 1024;
    }
}
