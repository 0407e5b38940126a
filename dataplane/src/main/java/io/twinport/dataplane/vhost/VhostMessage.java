package io.twinport.dataplane.vhost;

import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.posix.UnixStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * One message of the protocol.
 *
 * <pre>
 *   0         4         8         12
 *  +---------+---------+---------+----------------
 *  | request | flags   | size    | size bytes: a number, a ring's state, the regions of the memory ...
 *  +---------+---------+---------+----------------
 * </pre>
 *
 * @param request of {@link VhostRequest}
 * @param flags version, and the bits below
 * @param payload at most {@link #MOST_PAYLOAD} bytes
 * @param descriptors that came with it and belong to whoever has the message, or that go with it
 */
public record VhostMessage(int request, int flags, byte[] payload, int[] descriptors) {
    static final int HEADER = 12;
    static final int SIZE = 8;

    /** The largest that there is, the table of 8 regions, has 264 bytes. */
    public static final int MOST_PAYLOAD = 512;

    public static final int VERSION = 1;
    public static final int REPLY = 1 << 2;
    public static final int NEED_REPLY = 1 << 3;

    private static final int[] NO_DESCRIPTORS = {};

    /** A request without a payload. */
    public static VhostMessage request(int request) {
        return new VhostMessage(request, VERSION, new byte[0], NO_DESCRIPTORS);
    }

    /** A request with a number. */
    public static VhostMessage request(int request, long number) {
        return new VhostMessage(request, VERSION, bytes(number), NO_DESCRIPTORS);
    }

    /** A request with what it needs. */
    public static VhostMessage request(int request, byte[] payload) {
        return new VhostMessage(request, VERSION, payload, NO_DESCRIPTORS);
    }

    /** The same with descriptors, which stay the caller's. */
    public VhostMessage with(int... others) {
        return new VhostMessage(request, flags, payload, others);
    }

    /** The same, to which an answer is wanted: 0 where it was understood. */
    VhostMessage acknowledged() {
        return new VhostMessage(request, flags | NEED_REPLY, payload, descriptors);
    }

    /** A reply that is a number. */
    public static VhostMessage reply(int request, long number) {
        return new VhostMessage(request, VERSION | REPLY, bytes(number), NO_DESCRIPTORS);
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(number)
                .array();
    }

    /** Whether the sender waits for a reply, by the request's nature or because it says so. */
    public boolean wantsReply() {
        return (flags & NEED_REPLY) != 0 || VhostRequest.isQuestion(request);
    }

    /**
     * Every answer is a number, or two of 32 bits. Descriptors that come with it are closed: nobody has asked for them.
     *
     * @throws BrokenException if it is not what a request is answered with
     */
    void checkReplyTo(int asked) throws BrokenException {
        closeDescriptors();
        if (request != asked || flags != (VERSION | REPLY) || payload.length != Long.BYTES) {
            throw new BrokenException("it was asked " + VhostRequest.name(asked) + ", and sends " + this
                    + " with the flags 0x" + Integer.toHexString(flags) + " and " + payload.length + " bytes");
        }
    }

    VhostMessage withoutDescriptors() {
        return new VhostMessage(request, flags, payload, NO_DESCRIPTORS);
    }

    /** The message has gone on, or goes nowhere. */
    public void closeDescriptors() {
        Arrays.stream(descriptors).forEach(UnixStream::closeDescriptor);
    }

    /** The number that is its payload, or its beginning; 0 where that is shorter. */
    public long number() {
        return payload.length < Long.BYTES
                ? 0
                : ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** As it is sent. */
    byte[] bytes() {
        return ByteBuffer.allocate(HEADER + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(request)
                .putInt(flags)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    @Override
    public String toString() {
        return VhostRequest.name(request);
    }
}
