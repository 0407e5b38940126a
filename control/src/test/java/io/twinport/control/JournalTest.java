package io.twinport.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JournalTest {
    @Test
    void shouldMarkEachLineWithItsPriority() {
        assertEquals("<3>no\n<3>and why", Journal.mark(Level.ERROR, "no\nand why"));
        assertEquals("<4>link down", Journal.mark(Level.WARNING, "link down"));
        assertEquals("<6>link up", Journal.mark(Level.INFO, "link up"));
    }

    @Test
    void shouldKnowItsStreamByDeviceAndInode() throws Exception {
        Path stdout = Path.of("/proc/self/fd/1");
        String stream = Files.getAttribute(stdout, "unix:dev") + ":" + Files.getAttribute(stdout, "unix:ino");
        assertTrue(Journal.isAt(1, Map.of("JOURNAL_STREAM", stream)));
        assertFalse(Journal.isAt(1, Map.of("JOURNAL_STREAM", "1:1")), "of the parent's, perhaps");
        assertFalse(Journal.isAt(1, Map.of()));
        assertFalse(Journal.isAt(1_000_000, Map.of("JOURNAL_STREAM", stream)), "closed");
    }
}
