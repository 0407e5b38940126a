package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import org.agrona.UnsafeApi;

/**
 * The link status that a driver keeps (U1: state is this word, an event is only a hint).
 *
 * <p>For a started port with {@code lsc=1} reading it is a copy of eight bytes (4 ns) and fit for a poll loop. For any
 * other port the same call asks the device, and belongs to a control thread.
 */
public final class LinkWord {
    /** Size in bytes of {@code struct rte_eth_link}, which the caller lends as scratch space. */
    public static final int LENGTH = Long.BYTES;

    /** {@code link_status} is a C bitfield: bit 2 of the fifth byte. {@code AbiLayoutTest} checks it. */
    public static final long STATUS = 1L << 34;

    /** The function of DPDK's that reads the word; a warm-up has one of its own. */
    public static final long FUNCTION = Symbols.address("rte_eth_link_get_nowait");

    private static final MethodHandle GET =
            Symbols.functionPointer(FunctionDescriptor.of(JAVA_INT, JAVA_SHORT, JAVA_LONG));

    private LinkWord() {}

    /**
     * Whether the port's link is up; false also where the port does not exist.
     *
     * @param function {@link #FUNCTION}, or one that does what it does
     * @param scratch address of {@link #LENGTH} bytes of the calling thread
     */
    public static boolean isUp(long function, int port, long scratch) {
        return (read(function, port, scratch) & STATUS) != 0;
    }

    /** All eight bytes; 0 where the port does not exist. */
    static long read(long function, int port, long scratch) {
        UnsafeApi.putLong(scratch, 0L);
        try {
            int ignored = (int) GET.invokeExact(FunctionSegments.at(function), (short) port, scratch);
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
        return UnsafeApi.getLong(scratch);
    }
}
