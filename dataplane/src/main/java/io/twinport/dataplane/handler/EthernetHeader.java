package io.twinport.dataplane.handler;

import java.nio.ByteOrder;
import org.agrona.UnsafeApi;

/**
 * The first 14 bytes of a frame, at a native address.
 *
 * <pre>
 *   0             6             12          14
 *  +-------------+-------------+-----------+---------
 *  | destination | source      | EtherType | payload
 *  +-------------+-------------+-----------+---------
 * </pre>
 */
public final class EthernetHeader {
    public static final int LENGTH = 14;

    /** EtherType for local experiments (IEEE 802). */
    public static final int LOCAL_EXPERIMENTAL = 0x88b5;

    private static final int DESTINATION = 0;
    private static final int SOURCE = 6;

    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new ExceptionInInitializerError("written for little-endian machines");
        }
    }

    private EthernetHeader() {}

    /** Exchanges destination and source; twelve bytes are quickest read and written as eight and four. */
    public static void swapAddresses(long frame) {
        long head = UnsafeApi.getLong(frame);
        long tail = Integer.toUnsignedLong(UnsafeApi.getInt(frame + Long.BYTES));
        UnsafeApi.putLong(frame, head >>> 48 | tail << 16 | head << 48);
        UnsafeApi.putInt(frame + Long.BYTES, (int) (head >>> 16));
    }

    /**
     * Writes a header.
     *
     * @param destination 48 bits, the first byte on the wire most significant
     * @param source as destination
     */
    public static void write(long frame, long destination, long source, int etherType) {
        // Both addresses and the type are 112 bits: two stores of 64 bits that overlap by 16.
        UnsafeApi.putLong(frame + SOURCE, Long.reverseBytes(source << 16 | etherType));
        UnsafeApi.putLong(frame + DESTINATION, Long.reverseBytes(destination << 16 | source >>> 32));
    }

    /** The receiver's address: 48 bits, the first byte on the wire most significant. */
    public static long destination(long frame) {
        return Long.reverseBytes(UnsafeApi.getLong(frame + DESTINATION)) >>> 16;
    }

    /** The sender's address: 48 bits, the first byte on the wire most significant. */
    public static long source(long frame) {
        return Long.reverseBytes(UnsafeApi.getLong(frame + SOURCE)) >>> 16;
    }

    /** Whether it is sent to more than one receiver: broadcast or multicast. */
    public static boolean isGroupAddressed(long frame) {
        return (UnsafeApi.getByte(frame + DESTINATION) & 1) != 0;
    }
}
