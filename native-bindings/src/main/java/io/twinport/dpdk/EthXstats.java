package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code rte_eth_xstats_get}: all that a driver counts, by its own names.
 *
 * <pre>
 *   rte_eth_xstat_name  0 .. 63 name, ends with 0     rte_eth_xstat  0       8       16
 *                                                                   +-------+-------+
 *                                                                   | id    | value |
 *                                                                   +-------+-------+
 * </pre>
 */
final class EthXstats {
    /** {@code RTE_ETH_XSTATS_NAME_SIZE}: the struct has nothing else. */
    private static final int NAME_BYTES = 64;

    private static final int VALUE = 8;
    private static final int XSTAT_BYTES = 16;

    private static final MethodHandle GET_NAMES = Symbols.function(
            "rte_eth_xstats_get_names", FunctionDescriptor.of(JAVA_INT, JAVA_SHORT, ADDRESS, JAVA_INT));
    private static final MethodHandle GET =
            Symbols.function("rte_eth_xstats_get", FunctionDescriptor.of(JAVA_INT, JAVA_SHORT, ADDRESS, JAVA_INT));

    private EthXstats() {}

    /**
     * Reads them, in the driver's order.
     *
     * @throws DpdkException if the driver cannot be asked
     */
    static Map<String, Long> of(int port) {
        try (Arena arena = Arena.ofConfined()) {
            int count = call(GET_NAMES, "rte_eth_xstats_get_names", port, MemorySegment.NULL, 0);
            MemorySegment names = arena.allocate((long) count * NAME_BYTES, Long.BYTES);
            MemorySegment values = arena.allocate((long) count * XSTAT_BYTES, Long.BYTES);
            int named = call(GET_NAMES, "rte_eth_xstats_get_names", port, names, count);
            int counted = call(GET, "rte_eth_xstats_get", port, values, count);
            Map<String, Long> xstats = new LinkedHashMap<>();
            for (long i = 0; i < Math.min(count, Math.min(named, counted)); i++) {
                long id = values.get(JAVA_LONG, i * XSTAT_BYTES);
                if (id < named) {
                    xstats.put(names.getString(id * NAME_BYTES), values.get(JAVA_LONG, i * XSTAT_BYTES + VALUE));
                }
            }
            return xstats;
        }
    }

    private static int call(MethodHandle function, String name, int port, MemorySegment array, int count) {
        try {
            int result = (int) function.invokeExact((short) port, array, count);
            DpdkException.check(Math.min(result, 0), name + "(port=" + port + ")", "");
            return result;
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }
}
