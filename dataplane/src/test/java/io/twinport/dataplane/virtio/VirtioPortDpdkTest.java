package io.twinport.dataplane.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.device.ConfigurationException;
import io.twinport.dataplane.device.FilterSettings;
import io.twinport.dataplane.device.Member;
import io.twinport.dataplane.device.Offloads;
import io.twinport.dataplane.device.PortConfiguration;
import io.twinport.dataplane.handler.Sink;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.testing.FakeDevice;
import io.twinport.dataplane.testing.Filters;
import io.twinport.dataplane.testing.LoopRig;
import io.twinport.dataplane.virtio.ControlEnd.Manner;
import io.twinport.dpdk.MacAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a port sets on both its sides, of which one is our own driver's; and again when that is started anew. */
class VirtioPortDpdkTest {
    private static final FilterSettings WANTED = Filters.withVlans(
                    FilterSettings.NONE.withMulticast(List.of(MacAddress.parseMulticast("01:00:5e:00:00:fb"))), 7)
            .withAllMulticast(true);

    private static final String GROUP = "MAC_TABLE_SET 000000000100000001005e0000fb";

    @TempDir
    Path folder;

    private final FakeTransport device = new FakeTransport(1);
    private LoopRig rig;
    private PortConfiguration port;
    private FakeDevice primary;

    @BeforeEach
    void makePort() {
        rig = new LoopRig(folder);
        Sink sink = new Sink(rig.queue());
        PollLoop loop = rig.newLoop(sink, rig.queue());
        rig.start(loop, sink);
        port = new PortConfiguration("test", rig.pool(), rig.events(), List.of(loop.proxy(0)), Offloads.NONE);
        device.offered |= VirtioFeatures.CTRL_VQ | VirtioFeatures.CTRL_RX | VirtioFeatures.CTRL_VLAN;
        primary = new FakeDevice("vf0", device.mac().toString());
    }

    @AfterEach
    void end() {
        for (Member member : List.of(standby(), port.side(Sides.PRIMARY).orElseThrow())) {
            assertTrue(member.side().letGo());
            member.stop();
            member.leave();
            member.side().close();
        }
        rig.close();
    }

    private void join() {
        port.join(Sides.PRIMARY, primary, false);
        port.join(Sides.STANDBY, VirtioSide.open(device), false);
    }

    private Member standby() {
        return port.side(Sides.STANDBY).orElseThrow();
    }

    private void restart() {
        Member standby = standby();
        assertTrue(standby.side().letGo());
        standby.stop();
        device.story();
        standby.start();
    }

    private List<String> commands() {
        return device.story().stream()
                .filter(told -> Character.isUpperCase(told.charAt(0)))
                .toList();
    }

    /** What a device starts with, then what the port wants: before the loop uses it. */
    @Test
    void shouldSetASideThatJoinsAndThatIsStartedAnew() {
        port.setFilter(WANTED);
        join();
        List<String> told = List.of(
                "MAC_TABLE_SET 0000000000000000",
                "ALL_MULTICAST 00",
                "PROMISCUOUS 01",
                "MAC_TABLE_SET 0000000000000000",
                GROUP,
                "ALL_MULTICAST 01",
                "VLAN_ADD 0700",
                "PROMISCUOUS 00",
                "VLAN_ADD 0000");
        assertEquals(told, commands());
        restart();
        assertEquals(told, commands());
        assertTrue(standby().dev().isAllMulticast());
        assertFalse(standby().dev().isPromiscuous());
    }

    @Test
    void shouldSetBothSidesOrNone() {
        join();
        device.story();
        device.control.refused.add(NetCommand.PROMISCUOUS);
        ConfigurationException e = assertThrows(
                ConfigurationException.class, () -> port.setFilter(FilterSettings.NONE.withPromiscuous(true)));
        assertTrue(String.valueOf(e.getMessage()).contains("fake refuses promiscuous mode"), e::toString);
        assertFalse(primary.isPromiscuous());
        device.control.refused.clear();
        port.setFilter(FilterSettings.NONE.withPromiscuous(true));
        assertTrue(primary.isPromiscuous());
        assertEquals("PROMISCUOUS 01", commands().getLast());
    }

    /** So that no frame for the port is filtered out, as on any other device. */
    @Test
    void shouldLetMoreThroughWhereAListIsRefused() {
        join();
        device.control.refused.add(NetCommand.MAC_TABLE_SET);
        port.setFilter(WANTED.withAllMulticast(false));
        assertTrue(standby().dev().isAllMulticast());
    }

    @Test
    void shouldStartASideAnewThatDoesNotAnswer() {
        join();
        device.control.manner = Manner.NOT_AT_ALL;
        assertThrows(ConfigurationException.class, () -> port.setFilter(WANTED));
        assertTrue(standby().side().needsRestart());
        assertEquals(FilterSettings.NONE, port.filter());
        device.control.manner = Manner.WELL;
        port.setFilter(WANTED);
        restart();
        assertFalse(standby().side().needsRestart());
        assertEquals("VLAN_ADD 0000", commands().getLast());
    }
}
