package io.twinport.dataplane.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.handler.Sink;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.testing.FakeDevice;
import io.twinport.dataplane.testing.Filters;
import io.twinport.dataplane.testing.LoopRig;
import io.twinport.dpdk.EthOffloads;
import io.twinport.dpdk.MacAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R59: changes of a port with both sides, the primary first, and back again where one refuses. */
class PortConfigurationDpdkTest {
    private static final String MAC = "02:00:00:00:00:01";
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");

    @TempDir
    Path folder;

    private LoopRig rig;
    private PollLoop loop;
    private PortConfiguration port;
    private final FakeDevice primary = new FakeDevice("vf0", MAC).within(68, 9000);
    private final FakeDevice standby = new FakeDevice("virtio0", MAC).within(68, 9000);
    private Member first;

    @BeforeEach
    void makePort() {
        rig = new LoopRig(folder);
        Sink sink = new Sink(rig.queue());
        loop = rig.newLoop(sink, rig.queue());
        rig.start(loop, sink);
        port = new PortConfiguration("test", rig.pool(), rig.events(), List.of(loop.proxy(0)), Offloads.NONE);
        first = port.join(Sides.PRIMARY, primary, false);
        port.join(Sides.STANDBY, standby, false);
        forget();
    }

    @AfterEach
    void end() {
        rig.close();
    }

    private void leaveBoth() {
        for (int side : new int[] {Sides.PRIMARY, Sides.STANDBY}) {
            Member member = port.side(side).orElseThrow();
            assertTrue(member.side().letGo());
            member.stop();
            member.leave();
        }
    }

    private void forget() {
        primary.takeStory();
        standby.takeStory();
    }

    @Test
    void shouldSetMtuOfBoth() {
        port.setMtu(4000);
        assertEquals(4000, primary.mtu());
        assertEquals(4000, standby.mtu());
        assertEquals(4000, port.mtu());
    }

    /** Error of the primary: nothing changed, the standby was not asked. */
    @Test
    void shouldChangeNothingWhenThePrimaryRefusesTheMtu() {
        primary.failing("mtu");
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> port.setMtu(4000));
        assertTrue(
                String.valueOf(e.getMessage()).startsWith("vf0 (port 0, net_fake) refuses an MTU of 4000"),
                e::toString);
        assertEquals(1500, port.mtu());
        assertEquals(List.of(), standby.takeStory());
    }

    /** Error of the standby: the primary gets the old MTU back. */
    @Test
    void shouldPutThePrimaryBackWhenTheStandbyRefusesTheMtu() {
        standby.failing("mtu");
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> port.setMtu(4000));
        assertTrue(
                String.valueOf(e.getMessage()).endsWith("vf0 (port 0, net_fake) has its former settings again"),
                e::toString);
        assertEquals(List.of("mtu 4000", "mtu 1500"), primary.takeStory());
        assertEquals(1500, port.mtu());
        standby.working();
        port.setMtu(4000);
        assertEquals(4000, standby.mtu());
    }

    /** The kernel ignores the result of its rollback; it is looked at here. */
    @Test
    void shouldSayThatTheRollbackFailed() {
        standby.failing("mtu");
        primary.failingAt(1);
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> port.setMtu(4000));
        assertTrue(
                String.valueOf(e.getMessage()).contains("vf0 (port 0, net_fake) could not be put back"), e::toString);
        assertEquals(4000, primary.mtu());
    }

    /** R27, R34: the bounds are the primary's. */
    @Test
    void shouldRefuseMtuOutOfBounds() {
        for (int mtu : new int[] {0, 67, 9001, 70_000}) {
            ConfigurationException e = assertThrows(ConfigurationException.class, () -> port.setMtu(mtu));
            assertTrue(String.valueOf(e.getMessage()).contains("68 to 9000"), e::toString);
        }
        assertEquals(List.of(), primary.takeStory());
    }

    /** Drivers such as iavf's take an MTU only while they are stopped: out of the loop, and in again. */
    @Test
    void shouldStopADeviceThatTakesNoMtuWhileItRuns() {
        primary.takingMtuStopped();
        port.setMtu(4000);
        assertEquals(List.of("stop", "mtu 4000", "start"), primary.takeStory());
        assertThrows(IllegalStateException.class, () -> first.side().stop(), "a loop uses it");
    }

    /** R61 does not have it; a port that has its own address survives the exchange of both devices. */
    @Test
    void shouldSetMacOfBothOrOfNone() {
        standby.failing("mac");
        assertThrows(ConfigurationException.class, () -> port.setMac(OTHER_MAC));
        assertEquals(List.of("mac " + OTHER_MAC, "mac " + MAC), primary.takeStory());
        assertEquals(MAC, port.mac().orElseThrow().toString());
        standby.working();
        port.setMac(OTHER_MAC);
        assertEquals(OTHER_MAC, primary.mac());
        assertEquals(OTHER_MAC, standby.mac());
        assertEquals(OTHER_MAC, port.mac().orElseThrow());
        assertThrows(ConfigurationException.class, () -> port.setMac(MacAddress.parseMulticast("01:00:5e:00:00:fb")));
    }

    /** add_vid: the primary first, and from it again when the standby refuses. */
    @Test
    void shouldAddVlansToBothOrToNone() {
        standby.failing("vlan");
        assertThrows(
                ConfigurationException.class, () -> port.setFilter(Filters.withVlans(FilterSettings.NONE, 10, 20)));
        assertEquals(
                List.of("vlan 10 on", "vlan 20 on", "vlan 0 on", "vlan 10 off", "vlan 20 off", "vlan 0 off"),
                primary.takeStory());
        assertEquals(FilterSettings.NONE, port.filter());
        standby.working();
        standby.takeStory();
        port.setFilter(Filters.withVlans(FilterSettings.NONE, 10));
        assertEquals(List.of("vlan 10 on", "vlan 0 on"), standby.takeStory());
    }

    /** The kernel propagates neither promiscuous nor all-multicast; here both, and both back. */
    @Test
    void shouldSetModesAndListsOfBothOrOfNone() {
        FilterSettings wanted = new FilterSettings(
                true,
                true,
                List.of(OTHER_MAC),
                List.of(MacAddress.parseMulticast("01:00:5e:00:00:fb")),
                new TreeSet<>());
        for (String refused : List.of("promiscuous", "all-multicast", "unicast", "multicast")) {
            String before = primary.state();
            standby.failing(refused);
            assertThrows(ConfigurationException.class, () -> port.setFilter(wanted));
            assertEquals(before, primary.state(), refused);
            assertEquals(FilterSettings.NONE, port.filter());
            standby.working();
        }
        port.setFilter(wanted);
        assertTrue(primary.isPromiscuous() && primary.isAllMulticast());
        assertTrue(standby.isPromiscuous() && standby.isAllMulticast());
    }

    /** U5: whatever its devices can do themselves. */
    @Test
    void shouldPromiseWhatTheCpuCanDo() {
        leaveBoth();
        Offloads wanted = new Offloads(14, 15);
        PortConfiguration other = new PortConfiguration("other", rig.pool(), 0, List.of(loop.proxy(0)), wanted);
        other.join(Sides.PRIMARY, new FakeDevice("a", MAC).capable(new Offloads(6, 3)), false);
        other.join(Sides.STANDBY, new FakeDevice("b", MAC).capable(new Offloads(3, 10)), false);
        assertEquals(wanted, other.offloads());
        assertThrows(
                IllegalArgumentException.class,
                () -> new PortConfiguration("qinq", rig.pool(), 0, List.of(loop.proxy(0)), new Offloads(0, 1 << 8)));
    }

    /** U5: nobody can linearise a frame that is longer than an mbuf, so a device without MULTI_SEGS is no side then. */
    @Test
    void shouldRefuseDeviceThatLacksWhatTheCpuCannotDo() {
        checkRefusal(new Offloads(EthOffloads.SCATTER, EthOffloads.MULTI_SEGS));
    }

    /** Nor is one that cannot cut frames, of which some may wait for a side when it joins. */
    @Test
    void shouldRefuseDeviceThatCannotCutFrames() {
        checkRefusal(new Offloads(EthOffloads.SCATTER, EthOffloads.TCP_SEGMENTATION));
    }

    private void checkRefusal(Offloads wanted) {
        leaveBoth();
        PortConfiguration other = new PortConfiguration("other", rig.pool(), 0, List.of(loop.proxy(0)), wanted);
        FakeDevice dev = new FakeDevice("a", MAC).capable(new Offloads(EthOffloads.SCATTER, 0));
        String before = dev.state();
        assertThrows(AdmissionException.class, () -> other.join(Sides.PRIMARY, dev, false));
        assertEquals(before, dev.state());
        other.join(Sides.PRIMARY, dev.capable(wanted), false);
    }
}
