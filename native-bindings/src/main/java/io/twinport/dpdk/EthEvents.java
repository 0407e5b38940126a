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
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Link status interrupts (LSC), as upcalls that record an edge in an {@link EventLine} and return. They run on threads
 * of DPDK, several at a time, and never call ethdev, lock, throw or allocate. For one kind of driver the upcall waits a moment
 * before it returns, see {@link #register(int, long, Runnable)}.
 */
public final class EthEvents {
    private static final FunctionDescriptor ETH_CALLBACK =
            FunctionDescriptor.of(JAVA_INT, JAVA_SHORT, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final int LSC = (int) Abi.constant("RTE_ETH_EVENT_INTR_LSC");

    /** Calls after which the JIT has compiled the upcall; interpreted it costs 15 us, once. */
    private static final int WARM_UP_CALLS = 50_000;

    /** Microseconds do; a machine that is stopped for a while is no reason to give up. */
    private static final Duration ALARM_TIME = Duration.ofSeconds(30);

    private static final MemorySegment ON_LINK_STATUS = upcall(
            "onLinkStatus",
            MethodType.methodType(int.class, short.class, int.class, long.class, long.class),
            ETH_CALLBACK);

    private static final Runnable NOTHING = () -> {};

    /** What the upcall does last, by port. */
    private static final AtomicReferenceArray<Runnable> WAITS = new AtomicReferenceArray<>(
            Collections.nCopies(EthDev.MOST_PORTS, NOTHING).toArray(Runnable[]::new));

    private EthEvents() {}

    /**
     * From now on each link status interrupt of the port is an edge in the line.
     *
     * @param line address of an {@link EventLine}, which must outlive {@link #unregister}
     */
    public static void register(int port, long line) {
        register(port, line, NOTHING);
    }

    /**
     * The same for a driver that takes memory away when the upcall has returned ({@link
     * DriverQuirks.Quirk#UNMAPS_AFTER_INTERRUPT}).
     *
     * @param wait returns when no poll loop is in a burst that began before it was called, or after a bounded time; runs on a
     *     thread of DPDK's, and never throws
     */
    public static void register(int port, long line, Runnable wait) {
        WAITS.set(port, wait);
        DpdkException.check(
                Dpdk.rte_eth_dev_callback_register((short) port, LSC, ON_LINK_STATUS, MemorySegment.ofAddress(line)),
                "rte_eth_dev_callback_register(port=" + port + ", INTR_LSC)",
                "");
    }

    /** Ends {@link #register}; where the upcall is running it waits until that has returned. */
    public static void unregister(int port, long line) {
        int result;
        do {
            result = Dpdk.rte_eth_dev_callback_unregister(
                    (short) port, LSC, ON_LINK_STATUS, MemorySegment.ofAddress(line));
        } while (result == -Errno.EAGAIN);
        DpdkException.check(result, "rte_eth_dev_callback_unregister(port=" + port + ", INTR_LSC)", "");
    }

    /**
     * Pays before the first event what it would have to pay: compiles the upcall, and attaches DPDK's interrupt thread
     * to the JVM (125 us, 3 ms in a cold process). Takes some 50 ms.
     */
    public static void warmUp() {
        try (Arena arena = Arena.ofConfined()) {
            long line = arena.allocate(EventLine.LENGTH, EventLine.LENGTH).address();
            MethodHandle upcall = Linker.nativeLinker().downcallHandle(ON_LINK_STATUS, ETH_CALLBACK);
            for (int i = 0; i < WARM_UP_CALLS; i++) {
                int ignored = (int) upcall.invokeExact((short) 0, LSC, line, 0L);
            }
            if (!InterruptThread.isAlive(ALARM_TIME)) {
                throw new DpdkException(
                        "DPDK's interrupt thread did not run an alarm within " + ALARM_TIME.toSeconds()
                                + " s: link events will not"
                                + " arrive either. Is the thread kept from its CPU by a poll loop? Leave it a core of its own.");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    @SuppressWarnings("unused") // called by DPDK
    private static int onLinkStatus(short port, int event, long line, long unused) {
        EventLine.edge(line, System.nanoTime());
        WAITS.get(port & 0xffff).run();
        return 0;
    }

    private static MemorySegment upcall(String method, MethodType type, FunctionDescriptor descriptor) {
        try {
            MethodHandle target = MethodHandles.lookup().findStatic(EthEvents.class, method, type);
            // Global: DPDK may call as long as the process lives.
            return Linker.nativeLinker().upcallStub(target, descriptor, Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
