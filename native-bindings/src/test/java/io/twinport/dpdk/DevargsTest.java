package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class DevargsTest {
    @Test
    void shouldWriteNamesAsDpdkDoes() {
        assertEquals("net_tap0", Devargs.nameOf("net_tap0,iface=tw0"));
        assertEquals("0000:05:00.0", Devargs.nameOf("05:00.0"));
        assertEquals("0000:0a:00.1", Devargs.nameOf(" 0000:0A:00.1 ,representor=0"));
    }

    @Test
    void shouldKnowPciAddresses() {
        assertTrue(Devargs.isPci("0000:05:00.0"));
        assertTrue(Devargs.isPci("10000:0A:00.7"));
        assertFalse(Devargs.isPci("net_null0"));
        assertFalse(Devargs.isPci("0000:05:00.8"));
    }

    @Test
    void shouldFindArgumentsButNotInName() {
        String devargs = "net_virtio_user0,path=/run/a=b, mac=02:00:00:00:00:01,server";
        assertEquals(Optional.of("/run/a=b"), Devargs.argument(devargs, "path"));
        assertEquals(Optional.of("02:00:00:00:00:01"), Devargs.argument(devargs, "mac"));
        assertEquals(Optional.empty(), Devargs.argument(devargs, "server"));
        assertEquals(Optional.empty(), Devargs.argument("mac=1", "mac"));
    }
}
