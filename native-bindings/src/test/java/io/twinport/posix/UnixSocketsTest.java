package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketsTest {
    @TempDir
    Path folder;

    @Test
    void shouldEndConnectionThatItFindsByItsPath() throws Exception {
        Path path = folder.resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            assertEquals(OptionalInt.empty(), UnixSockets.connectedTo(path.toString()));
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
                    SocketChannel accepted = server.accept()) {
                // A path that was moved away is still the peer's name: so a hidden socket can be cut.
                Files.move(path, folder.resolve("hidden"));
                OptionalInt descriptor = UnixSockets.connectedTo(path.toString());
                assertTrue(descriptor.isPresent());
                assertTrue(client.isConnected());

                UnixSockets.shutdown(descriptor.getAsInt());

                assertEquals(-1, accepted.read(ByteBuffer.allocate(1)));
            }
            assertEquals(OptionalInt.empty(), UnixSockets.connectedTo(path.toString()));
        }
    }

    @Test
    void shouldNameDescriptorThatCannotBeShutDown() {
        PosixException e = assertThrows(PosixException.class, () -> UnixSockets.shutdown(-1));
        assertEquals("shutdown(fd=-1) failed: EBADF (bad file descriptor)", e.getMessage());
    }
}
