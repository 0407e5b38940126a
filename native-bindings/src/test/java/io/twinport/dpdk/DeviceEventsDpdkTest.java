package io.twinport.dpdk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.testing.TestEal;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Events raised by the call by which DPDK's PCI bus raises them. */
class DeviceEventsDpdkTest {
    private static final int ADD = 0;
    private static final int REMOVE = 1;
    private static final String NAME = "0000:05:00.0";

    private final long line = EventLine.allocate();

    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    private static void raise(String name, int event) throws Throwable {
        MethodHandle process =
                Symbols.function("rte_dev_event_callback_process", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            process.invokeExact(arena.allocateFrom(name), event);
        }
    }

    @Test
    void shouldCountTheRequestsOfOneDeviceUntilUnregistered() throws Throwable {
        DeviceEvents.register(NAME, line);
        raise("0000:06:00.0", REMOVE);
        raise(NAME, ADD);
        assertEquals(0, EventLine.edges(line), "neither is a request for this device");

        long before = System.nanoTime();
        raise(NAME, REMOVE);
        raise(NAME, REMOVE);
        assertEquals(2, EventLine.edges(line));
        assertTrue(EventLine.takeEventNanos(line) - before >= 0);

        DeviceEvents.unregister(NAME, line);
        raise(NAME, REMOVE);
        assertEquals(2, EventLine.edges(line));
    }

    @Test
    void shouldRegisterAgainAndAgain() throws Throwable {
        for (int round = 1; round <= 50; round++) {
            DeviceEvents.register(NAME, line);
            raise(NAME, REMOVE);
            DeviceEvents.unregister(NAME, line);
            assertEquals(round, EventLine.edges(line));
        }
        assertThrows(DpdkException.class, () -> DeviceEvents.unregister(NAME, line));
    }
}
