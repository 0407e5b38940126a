package io.twinport.control.lab;

import io.twinport.dataplane.handler.EthernetHeader;
import org.agrona.UnsafeApi;

/**
 * A numbered frame, at a native address.
 *
 * <pre>
 *   0                 14      16              24                32
 *  +-----------------+-------+---------------+-----------------+------------------
 *  | Ethernet header | magic | number        | refused before  | payload
 *  +-----------------+-------+---------------+-----------------+------------------
 * </pre>
 */
public final class NumberedFrame {
    public static final int PAYLOAD = 32;

    private static final short MAGIC = 0x7477;
    private static final int MAGIC_AT = EthernetHeader.LENGTH;
    private static final int NUMBER_AT = 16;
    private static final int REFUSED_AT = 24;

    private NumberedFrame() {}

    /** All but the payload. */
    public static void write(long frame, long destination, long source, long number, long refusedBefore) {
        EthernetHeader.write(frame, destination, source, EthernetHeader.LOCAL_EXPERIMENTAL);
        UnsafeApi.putShort(frame + MAGIC_AT, MAGIC);
        UnsafeApi.putLong(frame + NUMBER_AT, number);
        UnsafeApi.putLong(frame + REFUSED_AT, refusedBefore);
    }

    public static boolean isOurs(long frame, int length) {
        return length >= PAYLOAD && UnsafeApi.getShort(frame + MAGIC_AT) == MAGIC;
    }

    public static long number(long frame) {
        return UnsafeApi.getLong(frame + NUMBER_AT);
    }

    public static long refusedBefore(long frame) {
        return UnsafeApi.getLong(frame + REFUSED_AT);
    }
}
