package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.twinport.posix.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Requests of the kernel's to give a device back, as upcalls that record an edge in an {@link EventLine} and return.
 * They come from VFIO's request notifier, on DPDK's interrupt thread; the kernel's removal waits until the device has
 * been closed, and asks again every 10 s.
 *
 * <p>{@code rte_dev_hotplug_handle_enable} is not needed for it and must not be called: its SIGBUS handler breaks the
 * JVM's (decision 10).
 */
public final class DeviceEvents {
    private static final FunctionDescriptor CALLBACK = FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final FunctionDescriptor REGISTRATION = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
    private static final MethodHandle REGISTER = Symbols.function("rte_dev_event_callback_register", REGISTRATION);
    private static final MethodHandle UNREGISTER = Symbols.function("rte_dev_event_callback_unregister", REGISTRATION);

    /** RTE_DEV_EVENT_REMOVE, of all releases that have the call. */
    private static final int REMOVE = 1;

    private static final MemorySegment ON_EVENT = upcall();

    private DeviceEvents() {}

    /**
     * From now on each request to give the device back is an edge in the line.
     *
     * @param name the device's as DPDK has it, {@code 0000:05:00.0}; it need not be there yet
     * @param line address of an {@link EventLine}, which must outlive {@link #unregister}
     */
    public static void register(String name, long line) {
        DpdkException.check(call(REGISTER, name, line), "rte_dev_event_callback_register(" + name + ")", "");
    }

    /** Ends {@link #register}; where the upcall is running it waits until that has returned. */
    public static void unregister(String name, long line) {
        int result;
        do {
            result = call(UNREGISTER, name, line);
        } while (result == -Errno.EAGAIN);
        DpdkException.check(result, "rte_dev_event_callback_unregister(" + name + ")", "");
    }

    private static int call(MethodHandle function, String name, long line) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) function.invokeExact(arena.allocateFrom(name), ON_EVENT, line);
        } catch (Throwable e) {
            throw Symbols.impossible(e);
        }
    }

    @SuppressWarnings("unused") // called by DPDK
    private static void onEvent(long name, int event, long line) {
        if (event == REMOVE) {
            EventLine.edge(line, System.nanoTime());
        }
    }

    private static MemorySegment upcall() {
        try {
            MethodHandle target = MethodHandles.lookup()
                    .findStatic(
                            DeviceEvents.class,
                            "onEvent",
                            MethodType.methodType(void.class, long.class, int.class, long.class));
            // Global: DPDK may call as long as the process lives.
            return Linker.nativeLinker().upcallStub(target, CALLBACK, Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
