package io.twinport.dataplane.virtio;

import static io.twinport.dataplane.virtio.VirtioLayout.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.MacAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VirtioDeviceTest {
    private static final MacAddress MAC = MacAddress.parse("52:54:00:01:02:03");

    private final SimulatedNet simulated = new SimulatedNet();
    private final VirtioDevice device = simulated.device();

    @Test
    void shouldAcknowledgeStandbyAndWhatElseItKnows() {
        assertTrue(device.reset());
        device.negotiate();
        device.driverOk();
        assertEquals(
                VirtioFeatures.VERSION_1
                        | VirtioFeatures.MAC
                        | VirtioFeatures.STATUS
                        | VirtioFeatures.STANDBY
                        | VirtioFeatures.ACCESS_PLATFORM,
                simulated.acknowledged);
        assertEquals(simulated.acknowledged, device.features());
        assertEquals("0 1 3 11 15 ", simulated.statuses.toString(), "the order of 3.1.1");
    }

    @Test
    void shouldAcknowledgeNothingThatIsNotOffered() {
        simulated.offered = VirtioFeatures.VERSION_1;
        device.negotiate();
        assertEquals(VirtioFeatures.VERSION_1, simulated.acknowledged);
        assertTrue(device.isLinkUp(), "a device that does not tell its link has it");
    }

    @Test
    void shouldRefuseDeviceFromBeforeVersion1() {
        simulated.offered = VirtioFeatures.MAC;
        DpdkException e = assertThrows(DpdkException.class, device::negotiate);
        assertTrue(e.toString().contains("VERSION_1"), e::toString);
        assertEquals("1 3 128 ", simulated.statuses.toString());
    }

    @Test
    void shouldGiveUpWhereFeaturesAreNotAccepted() {
        simulated.refusesFeatures = true;
        assertThrows(DpdkException.class, device::negotiate);
        assertTrue(simulated.statuses.toString().endsWith(" 128 "));
    }

    @Test
    void shouldSayThatDeviceDoesNotReset() {
        simulated.ignoresReset = true;
        simulated.write(DEVICE_STATUS, 1, DRIVER_OK);
        assertFalse(device.reset());
    }

    @Test
    void shouldNotWaitForDeviceThatIsGone() {
        VirtioDevice gone = new VirtioDevice("gone", MemoryRegisters.gone(), MemoryRegisters.gone());
        long start = System.nanoTime();
        assertTrue(gone.reset(), "it touches no memory any more");
        assertTrue(gone.isGone());
        assertFalse(gone.isLinkUp());
        assertThrows(DpdkException.class, gone::negotiate);
        assertTrue(System.nanoTime() - start < 500_000_000);
    }

    @Test
    void shouldTellLink() {
        device.negotiate();
        assertTrue(device.isLinkUp());
        simulated.net.write(NET_STATUS, 2, 0);
        assertFalse(device.isLinkUp());
        simulated.net.write(NET_STATUS, 2, NET_LINK_UP);
        simulated.write(DEVICE_STATUS, 1, DRIVER_OK | NEEDS_RESET);
        assertFalse(device.isLinkUp(), "a device that is broken moves no frames");
    }

    @Test
    void shouldReadAddressAgainWhileItChanges() {
        simulated.generations = 5;
        assertEquals(MAC, device.mac());
        simulated.generations = Integer.MAX_VALUE;
        assertThrows(DpdkException.class, device::mac);
    }

    @Test
    void shouldDescribeQueueInHalvesOfItsAddresses() {
        device.setUp(1, 128, 0x1_2345_6780L, 0x2_0000_0002L, 0x3_0000_0004L);
        assertEquals(1, simulated.read(QUEUE_SELECT, 2));
        assertEquals(128, simulated.read(QUEUE_SIZE, 2));
        assertEquals(0x2345_6780, simulated.read(QUEUE_DESC, 4));
        assertEquals(1, simulated.read(QUEUE_DESC + 4, 4));
        assertEquals(2, simulated.read(QUEUE_DRIVER + 4, 4));
        assertEquals(4, simulated.read(QUEUE_DEVICE, 4));
        assertEquals(NO_VECTOR, simulated.read(QUEUE_MSIX_VECTOR, 2));
        assertEquals(1, simulated.read(QUEUE_ENABLE, 2));
    }

    /** The window of 4.1.4.9: an access to its data is one to the BAR that it is aimed at. */
    @Test
    void shouldSeeOffersThroughWindow() {
        int window = 0x80;
        ConfigSpace config = new ConfigSpace() {
            @Override
            public int read(int offset, int width) {
                if (offset != window + CAP_WINDOW_DATA) {
                    return super.read(offset, width);
                }
                int at = aim();
                return at < NET ? simulated.read(at, width) : simulated.net.read(at - NET, width);
            }

            @Override
            public void write(int offset, int width, int value) {
                if (offset == window + CAP_WINDOW_DATA) {
                    simulated.write(aim(), width, value);
                } else {
                    super.write(offset, width, value);
                }
            }

            private static final int NET = 0x100;

            private int aim() {
                assertEquals(4, super.read(window + CAP_BAR, 1));
                return super.read(window + CAP_OFFSET, 4) - 0x800;
            }
        };
        config.with(0x40, TYPE_COMMON, 4, 0x800, COMMON_BYTES)
                .with(0x60, TYPE_DEVICE, 4, 0x900, NET_BYTES)
                .with(window, TYPE_WINDOW, 0, 0, 0);
        assertEquals(Optional.of(simulated.offered), VirtioProbe.offered(config));
        assertEquals(Optional.of(MacAddress.parse("52:54:00:01:02:03")), VirtioProbe.mac(config));
        simulated.offered &= ~VirtioFeatures.MAC;
        assertEquals(Optional.empty(), VirtioProbe.mac(config), "it has none of its own");
        simulated.offered = 0;
        assertEquals(Optional.empty(), VirtioProbe.offered(config));
        assertEquals(Optional.empty(), VirtioProbe.mac(config));
    }
}
