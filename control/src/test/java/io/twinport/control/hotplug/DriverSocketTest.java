package io.twinport.control.hotplug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.posix.PosixException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DriverSocketTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"net_vhost0,iface=/x/s|/x/s", "net_vhost12,client=0,iface=/x/s|/x/s"})
    void shouldKnowWhereDriversListen(String devargs, String path) {
        assertEquals(Optional.of(path), DriverSocket.listeningAt(devargs));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "net_vhost0,iface=/x/s,client=1",
                "net_memif0,role=client,socket-abstract=no,socket=/x/m",
                "net_null0",
                "0000:05:00.0"
            })
    void shouldKnowWhoDoesNot(String devargs) {
        assertEquals(Optional.empty(), DriverSocket.listeningAt(devargs));
    }

    @Test
    void shouldMakeRoomWhereNobodyListens() throws IOException {
        Path path = folder.resolve("socket");
        String devargs = "net_vhost0,iface=" + path;
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            assertThrows(PosixException.class, () -> DriverSocket.free(devargs));
            assertTrue(Files.exists(path));
        }
        DriverSocket.free(devargs);
        assertTrue(Files.notExists(path));
    }
}
