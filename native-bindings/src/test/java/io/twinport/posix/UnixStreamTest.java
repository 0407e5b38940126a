package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixStreamTest {
    @TempDir
    private Path folder;

    private final byte[] bytes = new byte[100];
    private final int[] descriptors = new int[UnixStream.MOST_DESCRIPTORS];

    private String path() {
        return folder.resolve("socket").toString();
    }

    @Test
    void shouldCarryBytesAndDescriptors() throws IOException {
        try (UnixListener listener = UnixListener.open(path());
                UnixStream client = UnixStream.connect(path());
                UnixStream server = listener.accept().orElseThrow()) {
            assertEquals(UnixStream.NOTHING_YET, server.receive(bytes, 0, descriptors));

            // The listener's own, which the receiver gets another one for.
            client.send(new byte[] {1, 2, 3}, listener.descriptor(), listener.descriptor());
            assertEquals(3, server.receive(bytes, 10, descriptors));
            assertArrayEquals(new byte[] {1, 2, 3}, Arrays.copyOfRange(bytes, 10, 13));
            assertTrue(descriptors[0] >= 0 && descriptors[1] >= 0 && descriptors[2] == -1);
            assertEquals(
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + listener.descriptor())),
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptors[0])));
            UnixStream.closeDescriptor(descriptors[0]);
            UnixStream.closeDescriptor(descriptors[1]);

            UnixSockets.shutdown(client.descriptor());
            assertEquals(0, server.receive(bytes, 0, descriptors), "the end");
            assertThrows(PosixException.class, () -> client.send(new byte[1]));
        }
        assertFalse(Files.exists(Path.of(path())), "the listener's path is free again");
    }

    /** A peer that does not read what it is sent does not keep who sends waiting. */
    @Test
    void shouldNotWaitForPeerThatDoesNotRead() {
        try (UnixListener listener = UnixListener.open(path());
                UnixStream client = UnixStream.connect(path())) {
            PosixException e = assertThrows(PosixException.class, () -> {
                for (int i = 0; i < 10_000; i++) {
                    client.send(new byte[4096]);
                }
            });
            assertEquals(Errno.EAGAIN, e.errno());
            assertTrue(listener.accept().isPresent());
        }
    }

    @Test
    void shouldSayWhyNobodyIsThere() throws IOException {
        assertEquals(Errno.ENOENT, connectError());
        Path file = Files.createFile(Path.of(path()));
        assertEquals(Errno.ECONNREFUSED, connectError());
        PosixException e = assertThrows(PosixException.class, () -> UnixListener.open(path()));
        assertEquals(Errno.EADDRINUSE, e.errno());
        Files.delete(file);
        assertThrows(PosixException.class, () -> UnixListener.open("x".repeat(108)));
    }

    private int connectError() {
        return assertThrows(PosixException.class, () -> UnixStream.connect(path()))
                .errno();
    }

    @Test
    void shouldNoticeThatItsFileHasGone() throws IOException {
        UnixListener listener = UnixListener.open(path());
        assertTrue(listener.isThere());
        Files.delete(Path.of(path()));
        assertFalse(listener.isThere());
        try (UnixListener other = UnixListener.open(path())) {
            assertFalse(listener.isThere());
            listener.close();
            assertTrue(other.isThere(), "another one's file is not deleted");
        }
        assertFalse(Files.exists(Path.of(path())));
    }

    @Test
    void shouldWaitForSeveral() {
        PollSet polled = new PollSet(3);
        assertEquals(0, polled.await(0));
        try (UnixListener listener = UnixListener.open(path());
                UnixStream client = UnixStream.connect(path());
                UnixStream server = listener.accept().orElseThrow()) {
            polled.set(1, server.descriptor());
            polled.set(2, client.descriptor());
            assertEquals(0, polled.await(0));
            client.send(new byte[1]);
            assertEquals(1L << 1, polled.await(1000));
            polled.set(1, PollSet.NONE);
            assertEquals(0, polled.await(0));
            UnixSockets.shutdown(server.descriptor());
            assertEquals(1L << 2, polled.await(1000), "the end is something to read");
        }
    }

    /** A part of it is of no use: the peer would take the next message's beginning for the rest. */
    @Test
    void shouldSayThatOnlyAPartHasBeenSent() {
        try (UnixListener listener = UnixListener.open(path());
                UnixStream client = UnixStream.connect(path());
                UnixStream server = listener.accept().orElseThrow()) {
            PosixException e = assertThrows(PosixException.class, () -> client.send(new byte[16 << 20]));
            assertEquals(Errno.EAGAIN, e.errno());
            assertEquals(bytes.length, server.receive(bytes, 0, descriptors));
        }
    }

    @Test
    void shouldSayThatThePeerHasGone() {
        try (UnixListener listener = UnixListener.open(path());
                UnixStream client = UnixStream.connect(path())) {
            UnixStream server = listener.accept().orElseThrow();
            client.send(new byte[1]);
            server.close();
            PosixException sent = assertThrows(PosixException.class, () -> client.send(new byte[1]));
            assertEquals(Errno.EPIPE, sent.errno());
            // What the peer has not read resets the connection.
            PosixException received = assertThrows(PosixException.class, () -> client.receive(bytes, 0, descriptors));
            assertEquals(Errno.ECONNRESET, received.errno());
        }
    }

    /** Numbers of descriptors are used again: the second call would close somebody else's. */
    @Test
    void shouldCloseItsDescriptorOnce() {
        try (UnixListener listener = UnixListener.open(path())) {
            UnixStream client = UnixStream.connect(path());
            UnixStream server = listener.accept().orElseThrow();
            client.close();
            assertEquals(0, server.receive(bytes, 0, descriptors), "the peer sees it");
            try (UnixStream next = UnixStream.connect(path());
                    UnixStream far = listener.accept().orElseThrow()) {
                assumeTrue(next.descriptor() == client.descriptor(), "another thread has opened something");
                client.close();
                next.send(new byte[] {7});
                assertEquals(1, far.receive(bytes, 0, descriptors));
            }
            server.close();
        }
    }

    @Test
    void shouldCloseWhatItHasReceived() {
        try (UnixListener listener = UnixListener.open(path());
                UnixStream client = UnixStream.connect(path());
                UnixStream server = listener.accept().orElseThrow()) {
            UnixStream sent = UnixStream.connect(path());
            try (UnixStream far = listener.accept().orElseThrow()) {
                client.send(new byte[1], sent.descriptor());
                sent.close();
                assertEquals(1, server.receive(bytes, 0, descriptors));
                int received = descriptors[0];
                assertEquals(UnixStream.NOTHING_YET, far.receive(bytes, 0, descriptors));
                UnixStream.closeDescriptor(received);
                assertEquals(0, far.receive(bytes, 0, descriptors));
            }
        }
    }

    @Test
    void shouldKeepNoDescriptorOfAConnectionThatFailed() {
        try (UnixListener listener = UnixListener.open(path())) {
            UnixStream before = UnixStream.connect(path());
            for (int i = 0; i < 100; i++) {
                assertThrows(PosixException.class, () -> UnixStream.connect(path() + ".none"));
            }
            try (UnixStream after = UnixStream.connect(path())) {
                assertTrue(after.descriptor() < before.descriptor() + 100, "numbers are given from the lowest on");
                assertTrue(listener.isThere());
            }
            before.close();
        }
    }
}
