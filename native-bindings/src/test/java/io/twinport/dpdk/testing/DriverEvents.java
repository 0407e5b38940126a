package io.twinport.dpdk.testing;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** Events of ethdev as a driver raises them, for drivers that never do: no virtual one knows removal, reset or recovery. */
public final class DriverEvents {
    public static final int INTR_RESET = 3;
    public static final int INTR_RMV = 6;
    public static final int ERR_RECOVERING = 12;
    public static final int RECOVERY_SUCCESS = 13;
    public static final int RECOVERY_FAILED = 14;

    private DriverEvents() {}

    /** Raises an event of the device of that name, on the calling thread. */
    public static void raise(String name, int event) {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle find = function("rte_eth_dev_allocated", FunctionDescriptor.of(ADDRESS, ADDRESS));
            MethodHandle raise = function(
                    "rte_eth_dev_callback_process", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
            MemorySegment dev = (MemorySegment) find.invokeExact(arena.allocateFrom(name));
            if (dev.address() == 0) {
                throw new IllegalArgumentException("there is no device " + name);
            }
            int ignored = (int) raise.invokeExact(dev, event, MemorySegment.NULL);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static MethodHandle function(String name, FunctionDescriptor type) {
        return Linker.nativeLinker()
                .downcallHandle(SymbolLookup.loaderLookup().find(name).orElseThrow(), type);
    }
}
