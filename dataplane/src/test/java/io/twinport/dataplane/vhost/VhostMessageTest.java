package io.twinport.dataplane.vhost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class VhostMessageTest {
    private static final int[] NONE = {};

    private static VhostMessage message(int request, int flags, int bytes) {
        return new VhostMessage(request, flags, new byte[bytes], NONE);
    }

    private static void assertSent(String hex, VhostMessage message) {
        assertArrayEquals(HexFormat.of().parseHex(hex.replace(" ", "")), message.bytes());
    }

    /** Request, flags and size, each of 4 bytes, and the payload; the lowest byte first. */
    @Test
    void shouldBeSentAsTheProtocolSays() {
        assertSent("03000000 01000000 00000000", VhostMessage.request(VhostRequest.SET_OWNER));
        assertSent(
                "02000000 01000000 08000000 efcdab8967452301",
                VhostMessage.request(VhostRequest.SET_FEATURES, 0x0123_4567_89ab_cdefL));
        assertSent("01000000 05000000 08000000 0100000000000000", VhostMessage.reply(VhostRequest.GET_FEATURES, 1));
    }

    @Test
    void shouldHaveTheNumberItWasMadeWith() {
        assertEquals(-2, VhostMessage.reply(VhostRequest.GET_FEATURES, -2).number());
        assertEquals(
                0, message(VhostRequest.GET_FEATURES, VhostMessage.VERSION, 7).number(), "it is too short");
        byte[] longer = {5, 1, 0, 0, 0, 0, 0, 0, 9};
        assertEquals(261, new VhostMessage(1, VhostMessage.VERSION, longer, NONE).number());
    }

    @Test
    void shouldWantAReplyToAQuestionOrWhereItSaysSo() {
        assertTrue(VhostMessage.request(VhostRequest.GET_QUEUE_NUM).wantsReply());
        assertFalse(VhostMessage.request(VhostRequest.SET_OWNER).wantsReply());
        int says = VhostMessage.VERSION | VhostMessage.NEED_REPLY;
        assertTrue(message(VhostRequest.SET_OWNER, says, 0).wantsReply());
        assertFalse(VhostMessage.reply(VhostRequest.SET_OWNER, 0).wantsReply());
    }

    @Test
    void shouldTakeAReplyToWhatWasAsked() throws BrokenException {
        VhostMessage.reply(VhostRequest.GET_FEATURES, 1).checkReplyTo(VhostRequest.GET_FEATURES);
    }

    /** DPDK's driver takes whatever comes: it is looked at before. */
    @Test
    void shouldRefuseWhatIsNoReplyToWhatWasAsked() {
        int reply = VhostMessage.VERSION | VhostMessage.REPLY;
        assertNoReply(
                "it was asked GET_FEATURES, and sends GET_QUEUE_NUM with the flags 0x5 and 8 bytes",
                VhostMessage.reply(VhostRequest.GET_QUEUE_NUM, 1));
        assertNoReply(
                "it was asked GET_FEATURES, and sends GET_FEATURES with the flags 0x1 and 8 bytes",
                VhostMessage.request(VhostRequest.GET_FEATURES, 1));
        assertNoReply(
                "it was asked GET_FEATURES, and sends GET_FEATURES with the flags 0x5 and 4 bytes",
                message(VhostRequest.GET_FEATURES, reply, 4));
        assertNoReply(
                "it was asked GET_FEATURES, and sends request 99 with the flags 0xd and 0 bytes",
                message(99, reply | VhostMessage.NEED_REPLY, 0));
    }

    private static void assertNoReply(String why, VhostMessage message) {
        BrokenException e = assertThrows(BrokenException.class, () -> message.checkReplyTo(VhostRequest.GET_FEATURES));
        assertEquals(why, e.getMessage());
    }

    @Test
    void shouldLeaveDescriptorsOut() {
        VhostMessage message = new VhostMessage(1, 2, new byte[] {3}, new int[] {4, 5}).withoutDescriptors();
        assertEquals(0, message.descriptors().length);
        assertEquals(1, message.request());
        assertEquals(2, message.flags());
        assertArrayEquals(new byte[] {3}, message.payload());
    }
}
