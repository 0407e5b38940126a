package io.twinport.dataplane.virtio;

import static io.twinport.dataplane.virtio.VirtioLayout.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.LinkSettings;
import io.twinport.dpdk.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VirtioDeviceTest {
    private static final MacAddress MAC = MacAddress.parse("52:54:00:01:02:03");

    private final SimulatedNet simulated = new SimulatedNet();
    private final VirtioDevice device = simulated.device();

    @Test
    void shouldAcknowledgeStandbyAndWhatElseItKnows() {
        assertTrue(device.reset());
        device.negotiate(0);
        device.driverOk();
        assertEquals(
                VirtioFeatures.VERSION_1
                        | VirtioFeatures.MAC
                        | VirtioFeatures.MRG_RXBUF
                        | VirtioFeatures.STATUS
                        | VirtioFeatures.STANDBY
                        | VirtioFeatures.ACCESS_PLATFORM,
                simulated.acknowledged);
        assertEquals(simulated.acknowledged, device.features());
        assertEquals("0 1 3 11 15 ", simulated.statuses.toString(), "the order of 3.1.1");
    }

    @Test
    void shouldAcknowledgeMergeableBuffersUnlessDeclined() {
        device.negotiate(VirtioFeatures.MRG_RXBUF);
        assertFalse(VirtioFeatures.has(device.features(), VirtioFeatures.MRG_RXBUF));
        device.negotiate(0);
        assertTrue(VirtioFeatures.has(device.features(), VirtioFeatures.MRG_RXBUF));
        assertEquals(simulated.acknowledged, device.features());
    }

    @Test
    void shouldAcknowledgeNothingThatIsNotOffered() {
        simulated.offered = VirtioFeatures.VERSION_1;
        VirtioDevice device = simulated.device(false);
        device.negotiate(0);
        assertEquals(VirtioFeatures.VERSION_1, simulated.acknowledged);
        assertTrue(device.isLinkUp(), "a device that does not tell its link has it");
    }

    @Test
    void shouldRefuseDeviceFromBeforeVersion1() {
        simulated.offered = VirtioFeatures.MAC;
        DpdkException e = assertThrows(DpdkException.class, () -> device.negotiate(0));
        assertTrue(e.toString().contains("VERSION_1"), e::toString);
        assertEquals("1 3 128 ", simulated.statuses.toString());
    }

    @Test
    void shouldGiveUpWhereFeaturesAreNotAccepted() {
        simulated.refusesFeatures = true;
        assertThrows(DpdkException.class, () -> device.negotiate(0));
        assertTrue(simulated.statuses.toString().endsWith(" 128 "));
    }

    /** It would take our addresses for physical ones; and the hypervisor must not count on this standby. */
    @Test
    void shouldRefuseDeviceThatDoesNotTranslateVirtualAddresses() {
        simulated.offered &= ~VirtioFeatures.ACCESS_PLATFORM;
        DpdkException e = assertThrows(DpdkException.class, () -> device.negotiate(0));
        assertTrue(e.toString().contains("simulated cannot be driven"), e::toString);
        assertTrue(e.toString().contains("iommu_platform=on"), e::toString);
        assertEquals(0, simulated.acknowledged, "STANDBY above all");
        assertEquals("1 3 128 ", simulated.statuses.toString());

        simulated.device(false).negotiate(0);
        assertTrue(VirtioFeatures.has(simulated.acknowledged, VirtioFeatures.STANDBY), "physical ones need none");
    }

    /** A vDPA device may insist on it. */
    @Test
    void shouldAcknowledgeOrderOfPlatform() {
        simulated.offered |= VirtioFeatures.ORDER_PLATFORM;
        device.negotiate(0);
        assertTrue(VirtioFeatures.has(simulated.acknowledged, VirtioFeatures.ORDER_PLATFORM));
    }

    /** All ones have FEATURES_OK too. */
    @ParameterizedTest
    @ValueSource(ints = {ACKNOWLEDGE | DRIVER, ACKNOWLEDGE | DRIVER | FEATURES_OK})
    void shouldNoticeDeviceThatGoesWhileFeaturesAreNegotiated(int status) {
        simulated.goesAt = status;
        DpdkException e = assertThrows(DpdkException.class, () -> device.negotiate(0));
        assertEquals("simulated does not answer: was it unplugged?", e.getMessage());
    }

    @Test
    void shouldAcknowledgeMtuThatItUses() {
        VirtioDevice device = simulated.withMtu(9000).device();
        assertEquals(OptionalInt.of(9000), device.mtu());
        device.negotiate(0);
        assertTrue(VirtioFeatures.has(simulated.acknowledged, VirtioFeatures.MTU));
    }

    /** IPv4 needs 68 (RFC 791), and 5.1.4.1 has the device say no less. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 67})
    void shouldNotBelieveMtuThatIsTooSmall(int mtu) {
        VirtioDevice device = simulated.withMtu(mtu).device();
        assertEquals(OptionalInt.empty(), device.mtu());
        device.negotiate(0);
        assertFalse(VirtioFeatures.has(simulated.acknowledged, VirtioFeatures.MTU));
    }

    /** At a page's end that would be the end of the process. */
    @Test
    void shouldNotReadMtuBeyondStructure() {
        simulated.offered |= VirtioFeatures.MTU;
        assertEquals(OptionalInt.empty(), device.mtu());
        device.negotiate(0);
        assertFalse(VirtioFeatures.has(simulated.acknowledged, VirtioFeatures.MTU));
    }

    @Test
    void shouldAcknowledgeWhatItsControlQueueIsFor() {
        simulated.offered |= VirtioFeatures.CTRL_VQ
                | VirtioFeatures.CTRL_RX
                | VirtioFeatures.CTRL_VLAN
                | VirtioFeatures.CTRL_MAC_ADDR
                | VirtioFeatures.GUEST_ANNOUNCE
                | 1L << 20; // CTRL_RX_EXTRA
        device.negotiate(VirtioFeatures.CTRL_VLAN);
        assertEquals(
                "MAC, MRG_RXBUF, STATUS, CTRL_VQ, CTRL_RX, GUEST_ANNOUNCE, CTRL_MAC_ADDR, VERSION_1, ACCESS_PLATFORM,"
                        + " STANDBY",
                VirtioFeatures.names(device.features()));
    }

    /** 5.1.3.1; and a filter of VLANs must have an end, which is promiscuous mode. */
    @ParameterizedTest
    @CsvSource({
        "CTRL_VQ, CTRL_RX CTRL_VLAN GUEST_ANNOUNCE MQ CTRL_MAC_ADDR",
        "CTRL_RX, CTRL_VLAN",
        "STATUS, GUEST_ANNOUNCE",
        "CTRL_RX CTRL_VLAN GUEST_ANNOUNCE MQ CTRL_MAC_ADDR, CTRL_VQ"
    })
    void shouldAcknowledgeNothingWithoutWhatItStandsOn(String missing, String neither) {
        List<String> all =
                List.of("STATUS", "CTRL_VQ", "CTRL_RX", "CTRL_VLAN", "GUEST_ANNOUNCE", "MQ", "CTRL_MAC_ADDR");
        List<String> expected = new ArrayList<>(all);
        expected.removeAll(List.of(missing.split(" ")));
        long offered = 0;
        for (int bit = 0; bit < Long.SIZE; bit++) {
            offered |= expected.contains(VirtioFeatures.names(1L << bit)) ? 1L << bit : 0;
        }
        expected.removeAll(List.of(neither.split(" ")));
        assertEquals(String.join(", ", expected), VirtioFeatures.names(VirtioFeatures.choose(offered)));
    }

    @Test
    void shouldHaveAsManyPairsAsItTells() {
        VirtioDevice device = simulated.withPairs(4).device();
        assertEquals(4, device.queuePairs());
        device.negotiate(0);
        assertTrue(VirtioFeatures.has(simulated.acknowledged, VirtioFeatures.MQ));
    }

    /** 5.1.4.1 has it between 1 and 0x8000. */
    @ParameterizedTest
    @ValueSource(ints = {0, 0x8001, 0xffff})
    void shouldNotBelieveNumberOfPairsThatCannotBe(int pairs) {
        VirtioDevice device = simulated.withPairs(pairs).device();
        assertEquals(1, device.queuePairs());
        device.negotiate(0);
        assertFalse(VirtioFeatures.has(simulated.acknowledged, VirtioFeatures.MQ));
    }

    @Test
    void shouldNotReadPairsOrSpeedBeyondStructure() {
        simulated.offered |= VirtioFeatures.CTRL_VQ | VirtioFeatures.MQ | VirtioFeatures.SPEED_DUPLEX;
        assertEquals(1, device.queuePairs());
        device.negotiate(0);
        assertEquals(LinkSettings.UNKNOWN, device.linkSettings());
        assertFalse(VirtioFeatures.has(
                simulated.acknowledged, VirtioFeatures.MQ | VirtioFeatures.SPEED_DUPLEX | VirtioFeatures.CTRL_VQ));
    }

    @ParameterizedTest
    @CsvSource({
        "25000, 1, '25000 Mb/s, full duplex'",
        "10, 0, '10 Mb/s, half duplex'",
        "1000, 255, '1000 Mb/s, unknown duplex'",
        "-1, 1, unknown speed",
        "0, 1, unknown speed",
        "-2147483648, 1, unknown speed"
    })
    void shouldTellSpeedOfLink(int megabits, int duplex, String text) {
        VirtioDevice device = simulated.withSpeed(megabits, duplex).device();
        assertEquals(LinkSettings.UNKNOWN, device.linkSettings(), "nothing has been agreed on");
        device.negotiate(0);
        assertEquals(text, device.linkSettings().toString());
        simulated.net.write(NET_STATUS, 2, 0);
        assertEquals(LinkSettings.UNKNOWN, device.linkSettings(), "a link that is down has none");
    }

    @Test
    void shouldTellNoSpeedThatChangesWhileItIsRead() {
        VirtioDevice device = simulated.withSpeed(1000, NET_FULL_DUPLEX).device();
        device.negotiate(0);
        simulated.generations = 5;
        assertEquals(1000, device.linkSettings().megabits());
        simulated.generations = Integer.MAX_VALUE;
        assertEquals(LinkSettings.UNKNOWN, device.linkSettings());
    }

    @Test
    void shouldHearThatAnAnnouncementIsWanted() {
        simulated.offered |= VirtioFeatures.CTRL_VQ | VirtioFeatures.GUEST_ANNOUNCE;
        simulated.net.write(NET_STATUS, 2, NET_LINK_UP | NET_ANNOUNCE);
        device.negotiate(VirtioFeatures.GUEST_ANNOUNCE);
        assertFalse(device.wantsAnnouncement(), "nobody has promised any");
        device.negotiate(0);
        assertTrue(device.wantsAnnouncement());
        assertTrue(device.isLinkUp());
        simulated.goesAt = DRIVER_OK;
        simulated.write(DEVICE_STATUS, 1, DRIVER_OK);
        assertFalse(device.wantsAnnouncement(), "all ones are no wish");
    }

    @ParameterizedTest
    @CsvSource({"4, 4", "7, 4", "256, 256", "300, 256", "511, 256", "1024, 1024", "32768, 32768"})
    void shouldRoundSizeOfQueueDownToPowerOfTwo(int offered, int used) {
        simulated.write(QUEUE_SIZE, 2, offered);
        assertEquals(used, device.queueSize(QUEUE_TRANSMIT));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 32769, 65535})
    void shouldRefuseQueueOfUnusableSizeByName(int size) {
        simulated.write(QUEUE_SIZE, 2, size);
        DpdkException e = assertThrows(DpdkException.class, () -> device.queueSize(QUEUE_RECEIVE));
        assertTrue(e.toString().contains("simulated has "), e::toString);
    }

    @Test
    void shouldRefuseQueueThatDeviceDoesNotCount() {
        simulated.write(NUM_QUEUES, 2, 1);
        assertEquals(256, device.queueSize(QUEUE_RECEIVE));
        DpdkException e = assertThrows(DpdkException.class, () -> device.queueSize(QUEUE_TRANSMIT));
        assertEquals("simulated has no queue 1, of 1", e.getMessage());
    }

    @Test
    void shouldNoticeDeviceThatGoesWhileQueuesAreSetUp() {
        simulated.goesAt = ACKNOWLEDGE | DRIVER | FEATURES_OK;
        simulated.write(DEVICE_STATUS, 1, ACKNOWLEDGE | DRIVER | FEATURES_OK);
        for (Executable step : List.<Executable>of(
                () -> device.queueSize(QUEUE_RECEIVE), () -> device.setUp(QUEUE_RECEIVE, 256, 0, 0, 0))) {
            DpdkException e = assertThrows(DpdkException.class, step);
            assertEquals("simulated does not answer: was it unplugged?", e.getMessage());
        }
    }

    /** With another size it would look for the rings where they are not. */
    @ParameterizedTest
    @ValueSource(ints = {QUEUE_SIZE, QUEUE_ENABLE})
    void shouldRefuseDeviceThatDoesNotTakeQueue(int register) {
        simulated.ignored = register;
        DpdkException e = assertThrows(DpdkException.class, () -> device.setUp(QUEUE_TRANSMIT, 128, 0, 0, 0));
        assertTrue(e.toString().contains("simulated does not take queue 1 with 128 slots"), e::toString);
    }

    /** A device without a vector to spare says so only when it is asked. */
    @Test
    void shouldNoticeThatNoVectorIsToSpare() {
        assertTrue(device.interruptOnChange(0));
        simulated.write(CONFIG_MSIX_VECTOR, 2, NO_VECTOR);
        simulated.ignored = CONFIG_MSIX_VECTOR;
        assertFalse(device.interruptOnChange(0));
    }

    @Test
    void shouldSayThatDeviceDoesNotReset() {
        simulated.ignoresReset = true;
        simulated.write(DEVICE_STATUS, 1, DRIVER_OK);
        assertFalse(device.reset());
    }

    @Test
    void shouldNotWaitForDeviceThatIsGone() {
        VirtioDevice gone = new VirtioDevice("gone", MemoryRegisters.gone(), MemoryRegisters.gone(), NET_BYTES, false);
        long start = System.nanoTime();
        assertTrue(gone.reset(), "it touches no memory any more");
        assertTrue(gone.isGone());
        assertFalse(gone.isLinkUp());
        assertThrows(DpdkException.class, () -> gone.negotiate(0));
        assertTrue(System.nanoTime() - start < 500_000_000);
    }

    @Test
    void shouldTellLink() {
        device.negotiate(0);
        assertTrue(device.isLinkUp());
        simulated.net.write(NET_STATUS, 2, 0);
        assertFalse(device.isLinkUp());
        simulated.net.write(NET_STATUS, 2, NET_LINK_UP);
        simulated.write(DEVICE_STATUS, 1, DRIVER_OK | NEEDS_RESET);
        assertFalse(device.isLinkUp(), "a device that is broken moves no frames");
    }

    /** All ones are a link that is up, and an address. */
    @Test
    void shouldBelieveNothingOfDeviceThatGoesWhileItIsRead() {
        VirtioDevice device = new VirtioDevice("simulated", simulated, MemoryRegisters.gone(), NET_BYTES, false);
        device.negotiate(0);
        simulated.goesAt = DRIVER_OK;
        simulated.write(DEVICE_STATUS, 1, DRIVER_OK);
        assertFalse(device.isLinkUp());
        assertThrows(DpdkException.class, device::mac);
    }

    @Test
    void shouldHaveAcknowledgedNothingThatWasNotAccepted() {
        device.negotiate(0);
        simulated.refusesFeatures = true;
        assertThrows(DpdkException.class, () -> device.negotiate(0));
        assertEquals(0, device.features());
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
        config.write(0x60 + CAP_REGION_LENGTH, 4, NET_BYTES - 1);
        assertEquals(Optional.empty(), VirtioProbe.offered(config), "nothing is read behind the end");
        config.write(0x60 + CAP_REGION_LENGTH, 4, NET_BYTES);
        simulated.offered = 0;
        assertEquals(Optional.empty(), VirtioProbe.offered(config));
        assertEquals(Optional.empty(), VirtioProbe.mac(config));
    }
}
