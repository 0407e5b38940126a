package io.twinport.dataplane.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.virtio.ControlEnd.Manner;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.testing.TestEal;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commands, to a device that answers and to some that do not, or not as they must. */
class ControlQueueDpdkTest {
    private static final int INDEX = 2;

    private final FakeTransport device = new FakeTransport(1);
    private ControlQueue queue;

    @BeforeEach
    void make() {
        TestEal.start();
        device.offered |= VirtioFeatures.CTRL_VQ | VirtioFeatures.CTRL_RX;
        device.negotiate(0);
        queue = ControlQueue.of(device, INDEX);
        begin();
    }

    private void begin() {
        queue.setUp();
        device.run();
        queue.start();
        device.story();
    }

    @AfterEach
    void close() {
        device.close();
        queue.close();
    }

    @Test
    void shouldTellEachCommandWithItsData() {
        assertTrue(queue.tell(NetCommand.ANNOUNCE_ACK, new byte[0]));
        assertTrue(queue.tell(NetCommand.VLAN_ADD, new byte[] {5, 1}));
        byte[] most = new byte[ControlQueue.MOST_DATA];
        most[most.length - 1] = 0x7f;
        assertTrue(queue.tell(NetCommand.MAC_TABLE_SET, most));
        assertEquals(
                List.of("ANNOUNCE_ACK", "VLAN_ADD 0501", "MAC_TABLE_SET " + "00".repeat(most.length - 1) + "7f"),
                device.story());
    }

    @Test
    void shouldSayThatACommandIsRefused() {
        device.control.refused.add(NetCommand.VLAN_ADD);
        assertFalse(queue.tell(NetCommand.VLAN_ADD, new byte[2]));
        assertTrue(queue.tell(NetCommand.VLAN_DEL, new byte[2]));
        assertFalse(queue.isBroken());
    }

    /** Nothing that it says is believed any more, and what it may write into is left alone, until it has been reset. */
    @ParameterizedTest
    @EnumSource(names = "WELL", mode = EnumSource.Mode.EXCLUDE)
    void shouldTellNothingMoreToADeviceThatDoesNotAnswerAsItMust(Manner manner) {
        device.control.manner = manner;
        DpdkException e = assertThrows(DpdkException.class, () -> queue.tell(NetCommand.PROMISCUOUS, new byte[] {1}));
        String told = manner == Manner.NOT_AT_ALL ? "fake does not answer to " : "fake answers with nonsense to ";
        assertEquals(told + "PROMISCUOUS", e.getMessage());
        assertTrue(queue.isBroken());
        device.story();
        device.control.manner = Manner.WELL;
        assertThrows(DpdkException.class, () -> queue.tell(NetCommand.PROMISCUOUS, new byte[] {1}));

        device.reset();
        begin();
        assertFalse(queue.isBroken());
        assertTrue(queue.tell(NetCommand.PROMISCUOUS, new byte[] {1}));
        assertEquals(List.of("PROMISCUOUS 01"), device.story());
    }

    @Test
    void shouldNotWaitForADeviceThatHasGone() {
        device.control.manner = Manner.NOT_AT_ALL;
        device.gone = true;
        DpdkException e = assertThrows(DpdkException.class, () -> queue.tell(NetCommand.PROMISCUOUS, new byte[] {1}));
        assertTrue(String.valueOf(e.getMessage()).endsWith("was it unplugged?"), e::toString);
    }
}
