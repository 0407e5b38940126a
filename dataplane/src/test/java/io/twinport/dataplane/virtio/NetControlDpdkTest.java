package io.twinport.dataplane.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dataplane.virtio.ControlEnd.Manner;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.EventLine;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.TestEal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a side tells its device by the control queue, and when. */
class NetControlDpdkTest {
    private static final long ALL = VirtioFeatures.VERSION_1
            | VirtioFeatures.STATUS
            | VirtioFeatures.CTRL_VQ
            | VirtioFeatures.CTRL_RX
            | VirtioFeatures.CTRL_VLAN
            | VirtioFeatures.GUEST_ANNOUNCE
            | VirtioFeatures.MQ
            | VirtioFeatures.CTRL_MAC_ADDR
            | VirtioFeatures.STANDBY;

    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");
    private static final MacAddress GROUP = MacAddress.parseMulticast("33:33:00:00:00:01");

    /** Nothing but to its own address and to everybody. */
    private static final List<String> NOTHING_MORE =
            List.of("MAC_TABLE_SET 0000000000000000", "ALL_MULTICAST 00", "PROMISCUOUS 00");

    private final long events = EventLine.allocate();
    private final long[] lines = new long[2];
    private MbufPool pool;
    private FakeTransport device;
    private VirtioSide side;

    @BeforeEach
    void open() {
        TestEal.start();
        pool = MbufPool.create("control", 1023);
        for (int i = 0; i < lines.length; i++) {
            lines[i] = SideLineSetup.allocate();
        }
        make(1, ALL);
    }

    private void make(int pairs, long offered) {
        device = new FakeTransport(pairs);
        device.offered = offered;
        side = VirtioSide.open(device);
    }

    private void makeAnother(int pairs, long offered) {
        side.remove();
        make(pairs, offered);
    }

    @AfterEach
    void close() {
        side.remove();
        assertEquals(pool.size(), pool.available(), "mbufs are missing");
        pool.close();
    }

    private void start() {
        side.configure(pool, 2);
        begin();
    }

    private void begin() {
        side.start(lines, events);
    }

    private List<String> startAgain() {
        side.stop();
        device.story();
        begin();
        return commands();
    }

    /** What the device was told. */
    private List<String> commands() {
        return device.story().stream()
                .filter(told -> Character.isUpperCase(told.charAt(0)))
                .toList();
    }

    /** After a reset devices differ in what they let through. */
    @Test
    void shouldLetThroughAtTheStartWhatAnyOtherDeviceDoes() {
        start();
        assertEquals(
                List.of("reset", "negotiate", "size 0", "size 1", "size 2", "queue 0", "queue 1", "queue 2", "run"),
                device.story().subList(0, 9));
        assertEquals(NOTHING_MORE, startAgain());
        assertFalse(side.isPromiscuous());
        assertFalse(side.isAllMulticast());
        assertFalse(side.isUnfiltered());
        side.stop();
    }

    @Test
    void shouldTellWhatIsLetThroughAtOnceAndAfterEachReset() {
        start();
        device.story();
        assertTrue(side.setUnicast(List.of(OTHER_MAC)));
        assertTrue(side.setMulticast(List.of(GROUP)));
        assertTrue(side.setAllMulticast(true));
        assertTrue(side.setPromiscuous(true));
        assertTrue(side.isPromiscuous());
        assertTrue(side.isAllMulticast());
        String table = "MAC_TABLE_SET 01000000020000000002";
        List<String> all = List.of(table + "01000000333300000001", "ALL_MULTICAST 01", "PROMISCUOUS 01");
        List<String> told = new ArrayList<>(all);
        told.addFirst(table + "00000000");
        assertEquals(told, commands());
        assertEquals(all, startAgain());
        assertTrue(side.setPromiscuous(false));
        assertEquals(List.of("PROMISCUOUS 00"), commands());
        side.stop();
    }

    /** More than a command has room for: then it is for the caller to let more through. */
    @Test
    void shouldKeepTheListThatItHasWhereAnotherIsTooLong() {
        start();
        assertTrue(side.setUnicast(List.of(OTHER_MAC)));
        List<MacAddress> many = IntStream.range(0, 700)
                .mapToObj(i -> new MacAddress(0x0200_0000_1000L + i))
                .toList();
        device.story();
        assertFalse(side.setUnicast(many));
        assertEquals(List.of(), commands());
        device.control.refused.add(NetCommand.MAC_TABLE_SET);
        assertFalse(side.setMulticast(List.of(GROUP)), "nor one that the device refuses");
        device.control.refused.clear();
        assertEquals("MAC_TABLE_SET 0100000002000000000200000000", startAgain().getFirst());
        side.stop();
    }

    @Test
    void shouldBeAsBeforeWhereTheDeviceRefuses() {
        start();
        device.control.refused.addAll(
                List.of(NetCommand.PROMISCUOUS, NetCommand.ALL_MULTICAST, NetCommand.MAC_ADDR_SET));
        DpdkException e = assertThrows(DpdkException.class, () -> side.setPromiscuous(true));
        assertEquals("fake refuses promiscuous mode", e.getMessage());
        assertFalse(side.isPromiscuous());
        assertThrows(DpdkException.class, () -> side.setAllMulticast(true));
        assertFalse(side.isAllMulticast());
        assertThrows(DpdkException.class, () -> side.setMac(OTHER_MAC));
        assertEquals(device.mac(), side.mac());
        assertFalse(side.wasReset(), "it has answered");
        device.control.refused.clear();
        assertEquals(NOTHING_MORE, startAgain());
        side.stop();
    }

    /** Until it is told of one, a device with a filter for VLANs drops all tagged frames; the port wants them all. */
    @Test
    void shouldFilterVlansOnlyWhileThereAreSome() {
        side.expectVlans(true);
        start();
        assertEquals("PROMISCUOUS 01", commands().getLast());
        assertFalse(side.isPromiscuous(), "it is nobody's wish");
        side.setVlan(5, true);
        side.setVlan(300, true);
        side.setVlan(5, true);
        assertEquals(List.of("VLAN_ADD 0500", "PROMISCUOUS 00", "VLAN_ADD 2c01"), commands());
        assertEquals(
                List.of(NOTHING_MORE.get(0), NOTHING_MORE.get(1), "VLAN_ADD 0500", "VLAN_ADD 2c01", "PROMISCUOUS 00"),
                startAgain());
        side.setVlan(5, false);
        device.control.refused.add(NetCommand.VLAN_DEL);
        side.setVlan(300, false);
        assertEquals(List.of("VLAN_DEL 0500", "PROMISCUOUS 01", "VLAN_DEL 2c01"), commands());
        side.stop();
    }

    @Test
    void shouldLetAllVlansThroughWhereOneIsRefused() {
        side.expectVlans(true);
        start();
        device.control.refused.add(NetCommand.VLAN_ADD);
        assertThrows(DpdkException.class, () -> side.setVlan(5, true));
        device.control.refused.clear();
        assertEquals("PROMISCUOUS 01", startAgain().getLast());
        side.stop();
    }

    @Test
    void shouldNotAskForAFilterOfVlansThatNobodyNeeds() {
        start();
        assertFalse(VirtioFeatures.has(device.negotiated, VirtioFeatures.CTRL_VLAN));
        device.story();
        side.setVlan(5, true);
        assertEquals(List.of(), commands(), "it lets all through");
        side.stop();
    }

    @Test
    void shouldGiveTheDeviceAnotherAddress() {
        side.setMac(OTHER_MAC);
        assertEquals(OTHER_MAC, side.mac());
        start();
        assertEquals("MAC_ADDR_SET 020000000002", commands().getFirst());
        side.setMac(device.mac());
        assertEquals(List.of("MAC_ADDR_SET 020000000001"), commands());
        assertEquals("MAC_ADDR_SET 020000000001", startAgain().getFirst());
        side.stop();
    }

    @Test
    void shouldBeAsBeforeWithoutACommandQueue() {
        makeAnother(1, VirtioFeatures.VERSION_1 | VirtioFeatures.CTRL_RX);
        assertTrue(side.isPromiscuous());
        assertTrue(side.isAllMulticast());
        assertTrue(side.isUnfiltered());
        start();
        assertFalse(side.setPromiscuous(true));
        assertFalse(side.setAllMulticast(true));
        assertFalse(side.setUnicast(List.of(OTHER_MAC)));
        assertFalse(side.setMulticast(List.of(GROUP)));
        side.setVlan(5, true);
        side.setMac(OTHER_MAC);
        assertEquals(
                List.of("reset", "negotiate", "size 0", "size 1", "queue 0", "queue 1", "run", "mac " + OTHER_MAC),
                device.story());
        side.stop();
    }

    /** 5.1.2: with several pairs it stands behind all that the device has, used or not. */
    @Test
    void shouldSayHowManyPairsAreUsed() {
        makeAnother(4, ALL);
        start();
        List<String> story = device.story();
        assertTrue(story.containsAll(List.of("size 8", "queue 3", "queue 8", "VQ_PAIRS_SET 0200")), story::toString);
        assertFalse(story.contains("queue 4"), story::toString);
        assertEquals(2, side.txQueues());
        side.stop();

        side.configure(pool, 1);
        begin();
        story = device.story();
        assertTrue(story.contains("queue 2"), story::toString);
        assertFalse(VirtioFeatures.has(device.negotiated, VirtioFeatures.MQ));
        side.stop();
    }

    /** Else its control queue would be where its frames are. */
    @Test
    void shouldNotStartADeviceThatTakesItsQueuesBack() {
        makeAnother(2, ALL);
        side.configure(pool, 2);
        device.offered &= ~VirtioFeatures.MQ;
        DpdkException e = assertThrows(DpdkException.class, this::begin);
        assertEquals("fake had several queue pairs, and now offers one", e.getMessage());
        device.offered = ALL;
        begin();
        side.stop();
    }

    @Test
    void shouldNotStartWithQueuesThatTheDeviceRefuses() {
        makeAnother(2, ALL);
        device.control.refused.add(NetCommand.VQ_PAIRS_SET);
        side.configure(pool, 2);
        DpdkException e = assertThrows(DpdkException.class, this::begin);
        assertEquals("fake refuses 2 queue pairs", e.getMessage());
        assertEquals("reset", device.story().getLast());
        assertEquals(pool.size(), pool.available());
    }

    /** What cannot be told now is told when it has been reset. */
    @Test
    void shouldStartADeviceAnewThatDoesNotAnswer() {
        start();
        device.control.manner = Manner.WITH_ANOTHER_ID;
        assertThrows(DpdkException.class, () -> side.setPromiscuous(true));
        assertTrue(side.wasReset());
        assertTrue(side.isLinkUp(), "its frames go on meanwhile");
        assertFalse(side.isPromiscuous());
        assertTrue(side.setPromiscuous(true));
        device.control.manner = Manner.WELL;
        assertEquals("PROMISCUOUS 01", startAgain().getLast());
        assertFalse(side.wasReset());
        side.stop();
    }

    @Test
    void shouldTellNothingToADeviceThatNeedsAReset() {
        start();
        device.story();
        device.broken = true;
        assertTrue(side.setPromiscuous(true));
        assertEquals(List.of(), commands());
        assertEquals("PROMISCUOUS 01", startAgain().getLast());
        side.stop();
    }

    @Test
    void shouldNotStartADeviceThatDoesNotAnswer() {
        device.control.manner = Manner.NOT_AT_ALL;
        side.configure(pool, 1);
        DpdkException e = assertThrows(DpdkException.class, this::begin);
        assertEquals("fake does not answer to MAC_TABLE_SET", e.getMessage());
        assertEquals("reset", device.story().getLast());
        assertEquals(pool.size(), pool.available());
        device.control.manner = Manner.WELL;
        begin();
        assertEquals(NOTHING_MORE, commands());
        side.stop();
    }

    @Test
    void shouldAcknowledgeAnAnnouncementWhenItsFramesAreQueued() {
        side.setAnnouncer(() -> device.note("announce"));
        start();
        device.story();
        device.wantsAnnouncement = true;
        device.interrupt();
        Await.until("it is acknowledged", () -> !device.wantsAnnouncement);
        assertEquals(List.of("announce", "ANNOUNCE_ACK"), device.story());
        side.stop();
    }

    /** It may be asked so soon after the last time that it is left for the next look. */
    @Test
    void shouldAnnounceWhatWasAskedForBeforeTheStart() {
        side.setAnnouncer(() -> device.note("announce"));
        device.wantsAnnouncement = true;
        start();
        Await.until("it is acknowledged", () -> {
            device.interrupt();
            return !device.wantsAnnouncement;
        });
        side.stop();
    }

    @Test
    void shouldNotAcknowledgeWhatCouldNotBeAnnounced() {
        boolean[] fails = {true};
        side.setAnnouncer(() -> {
            device.note("announce");
            if (fails[0]) {
                fails[0] = false;
                throw new IllegalStateException("no addresses");
            }
        });
        start();
        device.story();
        device.wantsAnnouncement = true;
        Await.until("it is acknowledged", () -> {
            device.interrupt();
            return !device.wantsAnnouncement;
        });
        assertEquals(List.of("announce", "announce", "ANNOUNCE_ACK"), device.story());
        side.stop();
    }

    /** To have the feature is to promise it. */
    @Test
    void shouldPromiseNoAnnouncementsThatNobodyMakes() {
        start();
        assertFalse(VirtioFeatures.has(device.negotiated, VirtioFeatures.GUEST_ANNOUNCE));
        side.stop();
    }

    @Test
    void shouldSayWhichFeaturesItUsesAndWhyNotTheOthers() {
        makeAnother(4, ALL | 1L << 15 | 1L << 24);
        assertTrue(side.features().isEmpty());
        side.configure(pool, 1);
        begin();
        assertEquals(
                "uses STATUS, CTRL_VQ, CTRL_RX, CTRL_MAC_ADDR, VERSION_1, STANDBY; not MQ (one queue is used);"
                        + " MRG_RXBUF (each frame comes in one mbuf); CTRL_VLAN (the port had no VLANs at the start);"
                        + " GUEST_ANNOUNCE (nobody announces); bit 24 (not for this driver)",
                side.features().orElseThrow());
        side.stop();
        side.expectVlans(true);
        side.setAnnouncer(() -> {});
        side.configure(pool, 2);
        begin();
        assertEquals(
                "uses STATUS, CTRL_VQ, CTRL_RX, CTRL_VLAN, GUEST_ANNOUNCE, MQ, CTRL_MAC_ADDR, VERSION_1, STANDBY;"
                        + " not MRG_RXBUF (each frame comes in one mbuf); bit 24 (not for this driver)",
                side.features().orElseThrow());
        side.stop();
    }
}
