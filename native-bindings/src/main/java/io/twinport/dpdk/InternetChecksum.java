package io.twinport.dpdk;

import org.agrona.UnsafeApi;

/** Sums of words in network order (RFC 1071), of which a checksum is the complement. For poll loops. */
public final class InternetChecksum {
    private InternetChecksum() {}

    /** Of bytes that lie together; a last odd one is the upper half of a word. */
    public static long sum(long address, int length) {
        long sum = 0;
        int i = 0;
        for (; i + 1 < length; i += Short.BYTES) {
            sum += Short.reverseBytes(UnsafeApi.getShort(address + i)) & 0xffff;
        }
        return i < length ? sum + ((UnsafeApi.getByte(address + i) & 0xff) << Byte.SIZE) : sum;
    }

    /**
     * Of bytes of a frame, wherever its segments end.
     *
     * @param from where they begin, in the first segment
     */
    public static long sum(long mbuf, int from, int length) {
        long sum = 0;
        int skip = from;
        int left = length;
        boolean odd = false;
        for (long segment = mbuf; segment != 0 && left > 0; segment = Mbuf.next(segment)) {
            int bytes = Math.min(Mbuf.dataLength(segment) - skip, left);
            long part = fold(sum(Mbuf.data(segment) + skip, bytes));
            // Behind an odd number of bytes the rest lies across the words: its sum is the same with bytes exchanged.
            sum += odd ? (part << Byte.SIZE | part >>> Byte.SIZE) & 0xffff : part;
            odd ^= (bytes & 1) != 0;
            left -= bytes;
            skip = 0;
        }
        return sum;
    }

    /** A sum as 16 bits. */
    public static int fold(long sum) {
        long folded = sum;
        while (folded >>> Short.SIZE != 0) {
            folded = (folded & 0xffff) + (folded >>> Short.SIZE);
        }
        return (int) folded;
    }
}
