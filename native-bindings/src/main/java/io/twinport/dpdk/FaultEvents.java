package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.twinport.dpdk.v22_11.Dpdk;
import io.twinport.posix.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;

/**
 * What drivers tell of a device beside its link: that it has gone (mlx4, mlx5, bnxt, mana), that its PF was reset under it
 * (iavf, ixgbevf, ena ...), that they are mending it (bnxt, hns3). Upcalls that write a {@link FaultLine} and return; they
 * run on threads of DPDK and never call ethdev, lock, throw or allocate.
 */
public final class FaultEvents {
    /** The numbers are the same in all releases that we know; {@code AbiLayoutTest} compares them with the headers'. */
    static final int INTR_RESET = 3;

    static final int INTR_RMV = 6;
    static final int ERR_RECOVERING = 12;
    static final int RECOVERY_SUCCESS = 13;
    static final int RECOVERY_FAILED = 14;

    private static final FunctionDescriptor CALLBACK =
            FunctionDescriptor.of(JAVA_INT, JAVA_SHORT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle IS_REMOVED =
            Symbols.function("rte_eth_dev_is_removed", FunctionDescriptor.of(JAVA_INT, JAVA_SHORT));
    private static final int[] EVENTS = {INTR_RESET, INTR_RMV, ERR_RECOVERING, RECOVERY_SUCCESS, RECOVERY_FAILED};
    private static final MemorySegment ON_FAULT = upcall();

    private FaultEvents() {}

    /**
     * From now on the faults of a port go to the line.
     *
     * @param line address of a {@link FaultLine}
     * @param withResets whether its driver's word that the device needs a reset counts
     */
    public static void register(int port, long line, boolean withResets) {
        List<Integer> done = new ArrayList<>();
        try {
            for (int event : EVENTS) {
                if (event != INTR_RESET || withResets) {
                    DpdkException.check(
                            Dpdk.rte_eth_dev_callback_register(
                                    (short) port, event, ON_FAULT, MemorySegment.ofAddress(line)),
                            "rte_eth_dev_callback_register(port=" + port + ", event " + event + ")",
                            "");
                    done.add(event);
                }
            }
        } catch (RuntimeException e) {
            done.forEach(event -> unregister(port, event, line));
            throw e;
        }
    }

    /** Ends {@link #register}; where the upcall is running it waits until that has returned. */
    public static void unregister(int port, long line) {
        for (int event : EVENTS) {
            unregister(port, event, line);
        }
    }

    /** One that was not registered is no error. */
    private static void unregister(int port, int event, long line) {
        int result;
        do {
            result = Dpdk.rte_eth_dev_callback_unregister((short) port, event, ON_FAULT, MemorySegment.ofAddress(line));
        } while (result == -Errno.EAGAIN);
    }

    /** Asks the driver whether the device has gone, which may do I/O: few drivers know (mlx4, mlx5). */
    public static boolean isRemoved(int port) {
        try {
            return (int) IS_REMOVED.invokeExact((short) port) == 1;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    /** Pays before the first fault for the class, the stub and the upcall's code. */
    public static void warmUp() {
        long line = FaultLine.allocate();
        try (Arena arena = Arena.ofConfined()) {
            long word = arena.allocate(JAVA_INT).address();
            long events = arena.allocate(EventLine.LENGTH, EventLine.LENGTH).address();
            FaultLine.aim(line, events, word);
            MethodHandle upcall = Linker.nativeLinker().downcallHandle(ON_FAULT, CALLBACK);
            for (int event : EVENTS) {
                int ignored = (int) upcall.invokeExact((short) 0, event, line, 0L);
            }
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    @SuppressWarnings("unused") // called by DPDK
    private static int onFault(short port, int event, long line, long unused) {
        long nanos = System.nanoTime();
        switch (event) {
            case INTR_RMV -> FaultLine.removed(line, nanos);
            case INTR_RESET -> FaultLine.reset(line, nanos);
            case ERR_RECOVERING -> FaultLine.recovering(line, nanos);
            case RECOVERY_SUCCESS -> FaultLine.recovered(line, nanos);
            case RECOVERY_FAILED -> FaultLine.failed(line, nanos);
            default -> {} // none that was asked for
        }
        return 0;
    }

    private static MemorySegment upcall() {
        try {
            MethodHandle target = MethodHandles.lookup()
                    .findStatic(
                            FaultEvents.class,
                            "onFault",
                            MethodType.methodType(int.class, short.class, int.class, long.class, long.class));
            // Global: DPDK may call as long as the process lives.
            return Linker.nativeLinker().upcallStub(target, CALLBACK, Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
