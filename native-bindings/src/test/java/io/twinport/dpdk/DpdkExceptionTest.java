package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.posix.Errno;
import org.junit.jupiter.api.Test;

class DpdkExceptionTest {
    @Test
    void shouldNameCallResultAndHint() {
        DpdkException e = assertThrows(
                DpdkException.class,
                () -> DpdkException.check(-19, "rte_eth_dev_start(port=1)", "was the device unplugged?"));
        assertEquals(
                "rte_eth_dev_start(port=1) failed: -19 ENODEV (no such device): was the device unplugged?",
                e.getMessage());
        assertEquals(19, e.code());
    }

    @Test
    void shouldDoWithoutHint() {
        assertEquals(
                "rte_thread_register() failed: -12 ENOMEM (not enough memory)",
                DpdkException.ofErrno("rte_thread_register()", 12, "").getMessage());
    }

    /** Drivers return a bare -1 for anything, which happens to be EPERM. */
    @Test
    void shouldNotTakeBareMinusOneForMissingPermission() {
        DpdkException e = assertThrows(DpdkException.class, () -> DpdkException.check(-1, "call()", ""));
        assertEquals("call() failed: -1 (the driver gives no reason; it may be EPERM)", e.getMessage());
    }

    @Test
    void shouldPassResultsThatAreNoErrors() {
        assertEquals(0, DpdkException.check(0, "call()", ""));
        assertEquals(7, DpdkException.check(7, "call()", ""));
    }

    /** EAL's and the drivers' own words say more than a number. */
    @Test
    void shouldGiveWhatDpdkSays() {
        assertEquals("call() failed: -12 ENOMEM (not enough memory), and DPDK says \"no heap\"", said(-12));
        assertEquals("call() failed: -1, and DPDK says \"no heap\"", said(-1));
    }

    private static String said(int result) {
        return String.valueOf(
                assertThrows(DpdkException.class, () -> DpdkException.check(result, "call()", "", "no heap"))
                        .getMessage());
    }

    /** Whoever adds a device tells these from the rest. */
    @Test
    void shouldTellWhatCannotBeFromWhatHasNoMemory() {
        assertTrue(DpdkException.unknownDevice("no such device").isUnknownDevice());
        assertFalse(DpdkException.ofErrno("call()", Errno.ENODEV, "").isUnknownDevice());
        assertTrue(DpdkException.ofErrno("call()", Errno.ENOMEM, "").isOutOfMemory());
        assertTrue(DpdkException.ofErrno("call()", Errno.ENOBUFS, "").isOutOfMemory());
        assertFalse(new DpdkException("something else").isOutOfMemory());
        assertFalse(new DpdkException("something else").isUnknownDevice());
    }
}
