package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ErrnoTest {
    @Test
    void shouldNameWhatDriversReturn() {
        assertEquals("ENODEV (no such device)", Errno.describe(Errno.ENODEV));
        assertEquals("ENOTSUP (not supported)", Errno.describe(95));
        assertEquals("ETIMEDOUT (timed out)", Errno.describe(110));
    }

    @Test
    void shouldGiveNumberWhereThereIsNoName() {
        assertEquals("errno 77", Errno.describe(77));
    }
}
