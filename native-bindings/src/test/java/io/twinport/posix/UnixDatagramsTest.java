package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixDatagramsTest {
    @TempDir
    Path folder;

    @Test
    void shouldSendToPathsAndToNames() {
        String name = "@twinport-test-" + ProcessHandle.current().pid();
        for (String address : new String[] {folder.resolve("notify").toString(), name}) {
            try (DatagramReceiver receiver = new DatagramReceiver(address)) {
                UnixDatagrams.send(address, "READY=1\nSTATUS=süß");
                UnixDatagrams.send(address, "WATCHDOG=1");

                assertEquals("READY=1\nSTATUS=süß", receiver.receive());
                assertEquals("WATCHDOG=1", receiver.receive());
            }
        }
    }

    @Test
    void shouldSayWhereNobodyReceives() {
        String path = folder.resolve("nobody").toString();
        PosixException e = assertThrows(PosixException.class, () -> UnixDatagrams.send(path, "READY=1"));
        assertEquals("sendto(" + path + ") failed: ENOENT (no such file or directory)", e.getMessage());
        assertThrows(PosixException.class, () -> UnixDatagrams.send("@twinport-test-nobody", "READY=1"));
    }

    @Test
    void shouldRefusePathThatNoAddressHolds() {
        PosixException e =
                assertThrows(PosixException.class, () -> UnixDatagrams.send("/" + "x".repeat(107), "READY=1"));
        assertTrue(String.valueOf(e.getMessage()).contains("at most 107 bytes"), e::toString);
    }
}
