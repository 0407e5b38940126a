package io.twinport.dpdk;

import java.util.HexFormat;

/**
 * An Ethernet address.
 *
 * @param value its 48 bits, the first byte on the wire most significant
 */
public record MacAddress(long value) {
    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

    /**
     * Reads {@code 52:54:00:00:12:53}.
     *
     * @throws IllegalArgumentException if it is none, or a multicast or all-zero address, which no interface can have
     */
    public static MacAddress parse(String text) {
        MacAddress mac = parseAny(text);
        if (!mac.isUnicast()) {
            throw new IllegalArgumentException("'" + text + "' cannot be an interface's MAC address: it is "
                    + (mac.value == 0 ? "all zero" : "a multicast address, its first byte is odd"));
        }
        return mac;
    }

    /**
     * Reads a group's address, {@code 01:00:5e:00:00:fb}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static MacAddress parseMulticast(String text) {
        MacAddress mac = parseAny(text);
        if (!mac.isMulticast()) {
            throw new IllegalArgumentException("'" + text + "' is no multicast address: its first byte would be odd");
        }
        return mac;
    }

    private static MacAddress parseAny(String text) {
        if (!text.matches("(?i)[0-9a-f]{2}(:[0-9a-f]{2}){5}")) {
            throw new IllegalArgumentException("'" + text + "' is not a MAC address: write 52:54:00:00:12:53");
        }
        return new MacAddress(Long.parseLong(text.replace(":", ""), 16));
    }

    /** From six bytes in wire order. */
    public static MacAddress of(byte[] bytes) {
        long value = 0;
        for (int i = 0; i < 6; i++) {
            value = value << 8 | bytes[i] & 0xff;
        }
        return new MacAddress(value);
    }

    /** Six bytes in wire order. */
    public byte[] bytes() {
        byte[] bytes = new byte[6];
        for (int i = 0; i < 6; i++) {
            bytes[i] = (byte) (value >>> 8 * (5 - i));
        }
        return bytes;
    }

    public boolean isUnicast() {
        return value != 0 && !isMulticast();
    }

    /** Whether it is a group's, or everybody's. */
    public boolean isMulticast() {
        return (value >>> 40 & 1) != 0;
    }

    @Override
    public String toString() {
        return COLONS.formatHex(bytes());
    }
}
