package io.twinport.dataplane.conductor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dpdk.MacAddress;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AnnouncementTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final MacAddress MAC = MacAddress.parse("52:54:00:12:34:56");

    private static byte[] bytes(String hex) {
        return HEX.parseHex(hex.replaceAll("\\s", ""));
    }

    /** RFC 5227, 3: sender and target are the address that is announced. */
    @Test
    void shouldMakeGratuitousArp() throws Exception {
        byte[] expected = bytes("ffffffffffff 525400123456 0806"
                + "0001 0800 06 04 0001"
                + "525400123456 0a4d0001"
                + "000000000000 0a4d0001"
                + "00".repeat(18));
        assertArrayEquals(expected, Announcement.arp(MAC, (Inet4Address) InetAddress.getByName("10.77.0.1")));
    }

    @Test
    void shouldMakeRarp() {
        byte[] expected = bytes("ffffffffffff 525400123456 8035"
                + "0001 0800 06 04 0003"
                + "525400123456 00000000"
                + "525400123456 00000000"
                + "00".repeat(18));
        assertArrayEquals(expected, Announcement.rarp(MAC));
    }

    /** As Linux sends it, checksum included. */
    @Test
    void shouldMakeNeighborAdvertisement() throws Exception {
        Inet6Address address = (Inet6Address) InetAddress.getByName("fe80::5054:ff:fe12:3456");
        byte[] frame = Announcement.neighborAdvertisement(MAC, address, false);
        byte[] expected = bytes("333300000001 525400123456 86dd"
                + "60000000 0020 3a ff"
                + "fe80000000000000505400fffe123456"
                + "ff020000000000000000000000000001"
                + "88 00 " + checksumOf(frame) + " 20000000"
                + "fe80000000000000505400fffe123456"
                + "02 01 525400123456");
        assertArrayEquals(expected, frame);
        assertEquals(0xffff, sumWithPseudoHeader(frame), "the checksum is wrong");
        byte[] router = Announcement.neighborAdvertisement(MAC, address, true);
        assertEquals("a0", HEX.formatHex(router, 58, 59));
        assertEquals(0xffff, sumWithPseudoHeader(router), "the checksum is wrong");
    }

    @Test
    void shouldTagCopies() {
        byte[] tagged = Announcement.tagged(Announcement.rarp(MAC), 0x123);
        assertEquals(64, tagged.length);
        assertEquals("ffffffffffff525400123456810001238035", HEX.formatHex(tagged, 0, 18));
    }

    private static String checksumOf(byte[] frame) {
        return HEX.formatHex(frame, 56, 58);
    }

    /** Of a right message it is all ones: source and destination, length, next header, message. */
    private static int sumWithPseudoHeader(byte[] frame) {
        int sum = 32 + 58;
        for (int i = 22; i < frame.length; i += 2) {
            sum += (frame[i] & 0xff) << 8 | frame[i + 1] & 0xff;
        }
        return (sum & 0xffff) + (sum >>> 16);
    }
}
