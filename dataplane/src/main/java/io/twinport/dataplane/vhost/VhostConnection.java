package io.twinport.dataplane.vhost;

import io.twinport.posix.Errno;
import io.twinport.posix.PosixException;
import io.twinport.posix.UnixSockets;
import io.twinport.posix.UnixStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A connection that speaks the protocol, from either end. It never waits: a message comes when all of it is there. For one
 * thread.
 */
public final class VhostConnection implements AutoCloseable {
    /** The peer has ended the connection, or says what no peer may say. */
    public static final class BrokenException extends Exception {
        private static final long serialVersionUID = 1L;

        public BrokenException(String message) {
            super(message);
        }
    }

    private static final String HUNG_UP = "it hung up";

    private final UnixStream stream;
    private final byte[] bytes = new byte[VhostMessage.HEADER + VhostMessage.MOST_PAYLOAD];
    private final int[] received = new int[UnixStream.MOST_DESCRIPTORS];
    private int filled;
    private int[] descriptors = {};

    /** @param stream connected, which is this object's from now on */
    public VhostConnection(UnixStream stream) {
        this.stream = stream;
    }

    /** For a poll. */
    int descriptor() {
        return stream.descriptor();
    }

    /**
     * Sends a message; its descriptors stay the caller's.
     *
     * @throws BrokenException if the peer has gone, or does not read
     */
    public void send(VhostMessage message) throws BrokenException {
        try {
            stream.send(message.bytes(), message.descriptors());
        } catch (PosixException e) {
            throw new BrokenException(
                    e.errno() == Errno.EPIPE ? HUNG_UP : "it does not take " + message + " (" + e.getMessage() + ")");
        }
    }

    /**
     * The next message, if all of it has come; its descriptors are the caller's.
     *
     * @throws BrokenException if there will be no more
     */
    public Optional<VhostMessage> receive() throws BrokenException {
        int end = end();
        while (filled < end) {
            if (!fill(end)) {
                return Optional.empty();
            }
            end = end();
        }
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        VhostMessage message = new VhostMessage(
                header.getInt(), header.getInt(), Arrays.copyOfRange(bytes, VhostMessage.HEADER, end), descriptors);
        filled = 0;
        descriptors = new int[0];
        return Optional.of(message);
    }

    /** Where the message at hand ends, as far as that is known. */
    private int end() throws BrokenException {
        if (filled < VhostMessage.HEADER) {
            return VhostMessage.HEADER;
        }
        int size = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(VhostMessage.SIZE);
        if (size < 0 || size > VhostMessage.MOST_PAYLOAD) {
            throw new BrokenException("it sends a message of " + Integer.toUnsignedString(size)
                    + " bytes, and no message" + " has more than " + VhostMessage.MOST_PAYLOAD);
        }
        return VhostMessage.HEADER + size;
    }

    /** Not beyond the message: descriptors that come with the next one are the next one's. */
    private boolean fill(int end) throws BrokenException {
        byte[] part = new byte[end - filled];
        int got;
        try {
            got = stream.receive(part, 0, received);
        } catch (PosixException e) {
            throw new BrokenException(
                    e.errno() == Errno.ECONNRESET ? HUNG_UP : "its connection broke (" + e.getMessage() + ")");
        }
        if (got == UnixStream.NOTHING_YET) {
            return false;
        }
        keepDescriptors();
        if (got == 0) {
            throw new BrokenException(filled == 0 ? HUNG_UP : HUNG_UP + " in the middle of a message");
        }
        System.arraycopy(part, 0, bytes, filled, got);
        filled += got;
        return true;
    }

    private void keepDescriptors() throws BrokenException {
        int[] came = Arrays.stream(received).takeWhile(each -> each >= 0).toArray();
        descriptors = IntStream.concat(Arrays.stream(descriptors), Arrays.stream(came))
                .toArray();
        if (descriptors.length > UnixStream.MOST_DESCRIPTORS) {
            throw new BrokenException("it sends more descriptors with a message than any message has");
        }
    }

    /** Ends it for the peer, who sees that at once. */
    void hangUp() {
        UnixSockets.shutdown(stream.descriptor());
    }

    @Override
    public void close() {
        Arrays.stream(descriptors).forEach(UnixStream::closeDescriptor);
        descriptors = new int[0];
        stream.close();
    }
}
