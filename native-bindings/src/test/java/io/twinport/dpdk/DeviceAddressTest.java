package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceAddressTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:12:53");

    /** What is advised can be done. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0000:05:00.0     | set it on the host (ip link set PF vf N mac 02:00:00:00:12:53)
            net_virtio_user0 | give the device its address in its devargs (mac=02:00:00:00:12:53)
            net_tap12        | give the device its address in its devargs (mac=02:00:00:00:12:53)
            net_memif0       | give the device its address in its devargs (mac=02:00:00:00:12:53)
            net_af_xdp0      | ip link set INTERFACE address 02:00:00:00:12:53
            net_pcap0        | with iface=INTERFACE,phy_mac=1
            net_ring0        | take another driver
            net_vhost0       | give the other side that one, or take another driver
            """)
    void shouldAdviseWhatTheDriverCanDo(String name, String advice) {
        String given = DeviceAddress.advice(name, Optional.of(MAC));
        assertTrue(given.contains(advice), given);
        assertEquals(given.contains("(mac="), isTaken(name), given);
    }

    private static boolean isTaken(String name) {
        try {
            DeviceAddress.checkArgument(name);
            return !Devargs.isPci(name);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"net_null0", "net_ring1", "net_vhost0", "net_pcap3", "net_af_packet0", "net_af_xdp0"})
    void shouldRefuseTheArgumentWhereTheDriverHasNone(String name) {
        String message =
                String.valueOf(assertThrows(IllegalArgumentException.class, () -> DeviceAddress.checkArgument(name))
                        .getMessage());
        assertTrue(message.startsWith(Devargs.driverOf(name) + " takes no mac="), message);
    }

    @Test
    void shouldNotInventAnAddress() {
        assertTrue(DeviceAddress.advice("net_tap0", Optional.empty()).endsWith("(mac=MAC)"));
    }

    /** Devices of other drivers get it when they join, or cannot have another. */
    @Test
    void shouldKnowWhichDevicesAreGivenTheirAddress() {
        for (String name : List.of("net_virtio_user0", "net_tap12", "net_memif3")) {
            assertTrue(DeviceAddress.isGivenInDevargs(name), name);
        }
        for (String name : List.of("net_null0", "net_af_packet0", "net_vhost1", "0000:05:00.0")) {
            assertFalse(DeviceAddress.isGivenInDevargs(name), name);
        }
    }

    @Test
    void shouldSayWhatIsDoneInPlaceOfTheArgument() {
        assertTrue(refusal("net_null0").endsWith("leave it out, and the device gets the port's address when it joins"));
        assertTrue(refusal("net_ring0").endsWith("take another driver"));
    }

    private static String refusal(String name) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, () -> DeviceAddress.checkArgument(name))
                .getMessage());
    }
}
