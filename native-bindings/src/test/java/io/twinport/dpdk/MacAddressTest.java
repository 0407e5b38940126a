package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddressTest {
    @Test
    void shouldReadAndWriteTheSameText() {
        MacAddress mac = MacAddress.parse("52:54:00:Ab:cD:ff");
        assertEquals(0x525400abcdffL, mac.value());
        assertEquals("52:54:00:ab:cd:ff", mac.toString());
        assertArrayEquals(new byte[] {0x52, 0x54, 0, (byte) 0xab, (byte) 0xcd, (byte) 0xff}, mac.bytes());
        assertEquals(mac, MacAddress.of(mac.bytes()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "52:54:00:00:12",
                "52:54:00:00:12:5g",
                "52-54-00-00-12-53",
                "52:54:00:00:12:53:00",
                "5:4:0:0:1:2"
            })
    void shouldShowHowAnAddressIsWritten(String text) {
        assertEquals("'" + text + "' is not a MAC address: write 52:54:00:00:12:53", refusalOf(text));
    }

    @ParameterizedTest
    @CsvSource({"00:00:00:00:00:00, all zero", "01:00:5e:00:00:01, a multicast", "ff:ff:ff:ff:ff:ff, a multicast"})
    void shouldSayWhyNoInterfaceCanHaveIt(String text, String reason) {
        String message = refusalOf(text);
        assertTrue(message.startsWith("'" + text + "' cannot be an interface's MAC address: it is " + reason), message);
    }

    private static String refusalOf(String text) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, () -> MacAddress.parse(text))
                .getMessage());
    }

    @Test
    void shouldReadGroupsAddresses() {
        assertEquals(
                0x0100_5e00_00fbL,
                MacAddress.parseMulticast("01:00:5e:00:00:fb").value());
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> MacAddress.parseMulticast("52:54:00:00:12:53"));
        assertEquals("'52:54:00:00:12:53' is no multicast address: its first byte would be odd", e.getMessage());
    }
}
