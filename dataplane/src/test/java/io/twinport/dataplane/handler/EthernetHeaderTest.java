package io.twinport.dataplane.handler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class EthernetHeaderTest {
    private static final String BEHIND = "c0ffee";

    private final MemorySegment frame = Arena.global().allocate(EthernetHeader.LENGTH + BEHIND.length() / 2);

    @Test
    void shouldWriteInWireOrderAndNothingBehind() {
        fill("00".repeat(EthernetHeader.LENGTH) + BEHIND);
        EthernetHeader.write(frame.address(), 0xffff_ffff_ffffL, 0x0280_00ab_cdefL, EthernetHeader.LOCAL_EXPERIMENTAL);
        assertFrame("ffffffffffff" + "028000abcdef" + "88b5" + BEHIND);
    }

    @Test
    void shouldSwapAddressesOnly() {
        fill("0102030405f6" + "a1a2a3a4a5a6" + "86dd" + BEHIND);
        EthernetHeader.swapAddresses(frame.address());
        assertFrame("a1a2a3a4a5a6" + "0102030405f6" + "86dd" + BEHIND);
    }

    private void fill(String hex) {
        frame.copyFrom(MemorySegment.ofArray(HexFormat.of().parseHex(hex)));
    }

    private void assertFrame(String hex) {
        assertArrayEquals(HexFormat.of().parseHex(hex), frame.toArray(ValueLayout.JAVA_BYTE));
    }

    /** The first byte on the wire is the most significant. */
    @Test
    void shouldReadAddresses() {
        fill("81f203040506" + "92a3a4a5a6f7" + "0800" + BEHIND);
        assertEquals(0x81f2_0304_0506L, EthernetHeader.destination(frame.address()));
        assertEquals(0x92a3_a4a5_a6f7L, EthernetHeader.source(frame.address()));
    }

    /** The lowest bit of the first byte says so, in the receiver's address. */
    @Test
    void shouldTellFramesForMany() {
        for (String many : new String[] {"ffffffffffff", "01005e000001", "333300000001"}) {
            fill(many + "028000abcdef" + "0800" + BEHIND);
            assertTrue(EthernetHeader.isGroupAddressed(frame.address()), many);
        }
        for (String one : new String[] {"028000abcdef", "fe80ffffffff", "000000000000"}) {
            fill(one + "01005e000001" + "0800" + BEHIND);
            assertFalse(EthernetHeader.isGroupAddressed(frame.address()), one);
        }
    }
}
