package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevargsTest {
    @Test
    void shouldWriteNamesAsDpdkDoes() {
        assertEquals("net_tap0", Devargs.nameOf("net_tap0,iface=tw0"));
        assertEquals("0000:05:00.0", Devargs.nameOf("05:00.0"));
        assertEquals("0000:0a:00.1", Devargs.nameOf(" 0000:0A:00.1 ,representor=0"));
        assertEquals("0000:05:00.0", Devargs.nameOf("00000000:05:00.0"), "other spellings are no other devices");
        assertEquals("10000:05:00.0", Devargs.nameOf("00010000:05:00.0"));
    }

    @Test
    void shouldKnowPciAddresses() {
        assertTrue(Devargs.isPci("0000:05:00.0"));
        assertTrue(Devargs.isPci("10000:0A:00.7"));
        assertFalse(Devargs.isPci("net_null0"));
        assertFalse(Devargs.isPci("0000:05:00.8"));
        assertFalse(Devargs.isPci("0000:05:20.0"), "a bus has 32 devices");
        assertFalse(Devargs.isPci("05:00.0"));
    }

    @Test
    void shouldFindArgumentsButNotInName() {
        String devargs = "net_virtio_user0,path=/run/a=b, mac=02:00:00:00:00:01,server";
        assertEquals(Optional.of("/run/a=b"), Devargs.argument(devargs, "path"));
        assertEquals(Optional.of("02:00:00:00:00:01"), Devargs.argument(devargs, "mac"));
        assertEquals(Optional.empty(), Devargs.argument(devargs, "server"));
        assertEquals(Optional.empty(), Devargs.argument("mac=1", "mac"));
        assertEquals(Optional.of("[0,mac=1]"), Devargs.argument("05:00.0,representor=[0,mac=1],b=c", "representor"));
        assertEquals(Optional.empty(), Devargs.argument("05:00.0,representor=[0,mac=1],b=c", "mac"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "net_tap0,",
                "net_tap0,,iface=a",
                "net_tap0,=a",
                "net_tap0,iface=",
                "net_tap0,a b=c",
                "net_tap0,mac=02:00:00:00:00:01,mac=02:00:00:00:00:02",
                "net_virtio_user0,path=/a,path=/b"
            })
    void shouldRefuseWhatDpdkTakesForSomethingElse(String devargs) {
        assertThrows(IllegalArgumentException.class, () -> Devargs.check(devargs));
    }

    @Test
    void shouldTakeSeveralOfWhatMayBeSeveral() {
        Devargs.check("net_pcap0,rx_pcap=/a,rx_pcap=/b,tx_iface=c");
        Devargs.check("net_failsafe0,dev(net_tap0,iface=a),fd(1)");
        Devargs.check("0000:05:00.0,representor=[0,1],a");
        assertThrows(IllegalArgumentException.class, () -> Devargs.check("net_" + "x".repeat(60)));
    }

    @Test
    void shouldGiveAnArgumentAnotherValue() {
        String devargs = "net_virtio_user0,path=/a,server=1";
        assertEquals("net_virtio_user0,server=1,path=/b", Devargs.with(devargs, "path", "/b"));
        assertEquals("net_virtio_user0,path=/a,server=1,mac=x", Devargs.with(devargs, "mac", "x"));
        assertEquals("net_tap0,iface=a", Devargs.with("net_tap0", "iface", "a"));
        assertEquals(
                "net_tap0,pathology=1,path=/b",
                Devargs.with("net_tap0,pathology=1,path=/a", "path", "/b"),
                "another key begins so");
    }

    /** EAL cuts a longer one short. */
    @Test
    void shouldTakeTheLongestNameThatThereIs() {
        Devargs.check("net_" + "x".repeat(59) + ",iface=a");
        assertThrows(IllegalArgumentException.class, () -> Devargs.check("net_" + "x".repeat(60) + ",iface=a"));
    }
}
