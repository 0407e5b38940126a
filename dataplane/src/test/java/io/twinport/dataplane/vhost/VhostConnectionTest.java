package io.twinport.dataplane.vhost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.posix.UnixListener;
import io.twinport.posix.UnixSockets;
import io.twinport.posix.UnixStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a peer may say, in whatever pieces, and what it may not. */
class VhostConnectionTest {
    private static final int[] NONE = {};

    @TempDir
    private Path folder;

    private UnixListener listener;
    private UnixStream peer;
    private VhostConnection connection;

    @BeforeEach
    void connect() {
        listener = UnixListener.open(folder.resolve("socket").toString());
        peer = another();
        connection = new VhostConnection(accepted());
    }

    private UnixStream another() {
        return UnixStream.connect(folder.resolve("socket").toString());
    }

    private UnixStream accepted() {
        return listener.accept().orElseThrow();
    }

    @AfterEach
    void close() {
        connection.close();
        peer.close();
        listener.close();
    }

    private VhostMessage next() throws BrokenException {
        return connection.receive().orElseThrow();
    }

    private String broken() {
        return String.valueOf(
                assertThrows(BrokenException.class, () -> connection.receive()).getMessage());
    }

    private static byte[] header(int size) {
        return ByteBuffer.allocate(VhostMessage.HEADER)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(VhostRequest.SET_MEM_TABLE)
                .putInt(VhostMessage.VERSION)
                .putInt(size)
                .array();
    }

    @Test
    void shouldGiveAMessageAsItWasSent() throws BrokenException {
        try (VhostConnection sender = new VhostConnection(another());
                VhostConnection receiver = new VhostConnection(accepted())) {
            assertEquals(Optional.empty(), receiver.receive());
            sender.send(VhostMessage.request(VhostRequest.SET_FEATURES, 0x0123_4567_89ab_cdefL));
            VhostMessage message = receiver.receive().orElseThrow();
            assertEquals(VhostRequest.SET_FEATURES, message.request());
            assertEquals(VhostMessage.VERSION, message.flags());
            assertEquals(0x0123_4567_89ab_cdefL, message.number());
            assertEquals(0, message.descriptors().length);
            assertEquals(Optional.empty(), receiver.receive());
        }
    }

    @Test
    void shouldWaitUntilAllOfAMessageIsThere() throws BrokenException {
        byte[] bytes = VhostMessage.request(VhostRequest.SET_VRING_NUM, 0x0100_0000_0000L)
                .bytes();
        for (int i = 0; i < bytes.length; i++) {
            assertEquals(Optional.empty(), connection.receive(), "after " + i + " bytes");
            peer.send(new byte[] {bytes[i]});
        }
        assertEquals(0x0100_0000_0000L, next().number());
    }

    @Test
    void shouldTakeMessagesApartThatComeTogether() throws BrokenException {
        byte[] first = VhostMessage.request(VhostRequest.SET_OWNER).bytes();
        byte[] second = VhostMessage.request(VhostRequest.SET_FEATURES, 7).bytes();
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        peer.send(both);
        assertEquals(VhostRequest.SET_OWNER, next().request());
        assertEquals(7, next().number());
        assertEquals(Optional.empty(), connection.receive());
    }

    @Test
    void shouldGiveDescriptorsWithTheMessageThatTheyCameWith() throws BrokenException {
        try (UnixStream sent = another();
                UnixStream far = accepted()) {
            peer.send(VhostMessage.request(VhostRequest.SET_OWNER).bytes());
            peer.send(
                    VhostMessage.request(VhostRequest.SET_VRING_KICK, 0).bytes(), sent.descriptor(), sent.descriptor());
            peer.send(VhostMessage.request(VhostRequest.SET_OWNER).bytes());
            assertArrayEquals(NONE, next().descriptors());
            VhostMessage kick = next();
            assertEquals(2, kick.descriptors().length);
            assertArrayEquals(NONE, next().descriptors());

            sent.close();
            assertEquals(UnixStream.NOTHING_YET, look(far), "the message's descriptors hold it open");
            kick.closeDescriptors();
            assertEquals(0, look(far));
        }
    }

    /** What a far end has of a connection: {@link UnixStream#NOTHING_YET} while it is open, 0 when it is not. */
    private static int look(UnixStream far) {
        return far.receive(new byte[1], 0, new int[UnixStream.MOST_DESCRIPTORS]);
    }

    @Test
    void shouldCloseDescriptorsOfAMessageThatIsNotWhole() throws BrokenException {
        try (UnixStream sent = another();
                UnixStream far = accepted()) {
            peer.send(header(8), sent.descriptor());
            sent.close();
            assertEquals(Optional.empty(), connection.receive());
            assertEquals(UnixStream.NOTHING_YET, look(far));
            connection.close();
            assertEquals(0, look(far));
        }
    }

    @Test
    void shouldCloseDescriptorsOfWhatIsNoReply() throws BrokenException {
        try (UnixStream sent = another();
                UnixStream far = accepted()) {
            peer.send(header(0), sent.descriptor());
            sent.close();
            VhostMessage message = next();
            assertThrows(BrokenException.class, () -> message.checkReplyTo(VhostRequest.GET_FEATURES));
            assertEquals(0, look(far));
        }
    }

    /** A table of memory regions may have one descriptor each, in as many pieces as the peer likes. */
    @Test
    void shouldRefuseMoreDescriptorsThanAMessageHas() throws BrokenException {
        int[] most = new int[UnixStream.MOST_DESCRIPTORS];
        Arrays.fill(most, listener.descriptor());
        peer.send(header(2), most);
        assertEquals(Optional.empty(), connection.receive());
        peer.send(new byte[2]);
        VhostMessage full = next();
        assertEquals(UnixStream.MOST_DESCRIPTORS, full.descriptors().length);
        full.closeDescriptors();

        peer.send(header(2), most);
        peer.send(new byte[2], listener.descriptor());
        assertEquals("it sends more descriptors with a message than any message has", broken());
    }

    @Test
    void shouldTakeTheLargestMessageAndNoLargerOne() throws BrokenException {
        peer.send(header(VhostMessage.MOST_PAYLOAD));
        peer.send(new byte[VhostMessage.MOST_PAYLOAD]);
        assertEquals(VhostMessage.MOST_PAYLOAD, next().payload().length);
        peer.send(header(VhostMessage.MOST_PAYLOAD + 1));
        assertEquals("it sends a message of 513 bytes, and no message has more than 512", broken());
    }

    @Test
    void shouldTakeNoLengthForNegative() {
        peer.send(header(-1));
        assertEquals("it sends a message of 4294967295 bytes, and no message has more than 512", broken());
    }

    @Test
    void shouldTellAnEndBetweenMessagesFromOneWithinAMessage() throws BrokenException {
        peer.send(VhostMessage.request(VhostRequest.SET_OWNER).bytes());
        peer.close();
        assertEquals(VhostRequest.SET_OWNER, next().request());
        assertEquals("it hung up", broken());

        try (UnixStream other = another();
                VhostConnection half = new VhostConnection(accepted())) {
            other.send(new byte[] {1});
            UnixSockets.shutdown(other.descriptor());
            BrokenException e = assertThrows(BrokenException.class, half::receive);
            assertEquals("it hung up in the middle of a message", e.getMessage());
        }
    }

    @Test
    void shouldSayThatAPeerIsGoneOrDoesNotRead() {
        VhostMessage message = VhostMessage.request(VhostRequest.SET_OWNER);
        BrokenException busy = assertThrows(BrokenException.class, () -> {
            for (int i = 0; i < 100_000; i++) {
                connection.send(message);
            }
        });
        assertTrue(String.valueOf(busy.getMessage()).startsWith("it does not take SET_OWNER ("), busy::getMessage);
        peer.close();
        BrokenException gone = assertThrows(BrokenException.class, () -> connection.send(message));
        assertEquals("it hung up", gone.getMessage());
        assertEquals("it hung up", broken(), "what it has not read resets the connection");
    }

    @Test
    void shouldEndTheConnectionWhenClosed() {
        connection.close();
        assertEquals(0, look(peer));
    }
}
