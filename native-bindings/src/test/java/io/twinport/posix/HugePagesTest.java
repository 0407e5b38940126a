package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HugePagesTest {
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
