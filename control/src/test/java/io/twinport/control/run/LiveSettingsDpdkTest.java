package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.kernel.PortInterface;
import io.twinport.control.kernel.TapSettings;
import io.twinport.control.plan.PortSpec;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.device.ConfigurationException;
import io.twinport.dataplane.device.FilterSettings;
import io.twinport.dataplane.device.Member;
import io.twinport.dataplane.device.Offloads;
import io.twinport.dataplane.device.PortConfiguration;
import io.twinport.dataplane.handler.Sink;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.testing.FakeDevice;
import io.twinport.dataplane.testing.LoopRig;
import io.twinport.dpdk.MacAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R59 from the kernel's side: what is set on its interface goes down to both devices, and back where one refuses. */
class LiveSettingsDpdkTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");
    private static final MacAddress GROUP = MacAddress.parseMulticast("01:00:5e:00:00:fb");
    private static final MacAddress OTHER_GROUP = MacAddress.parseMulticast("33:33:00:00:00:01");

    @TempDir
    Path folder;

    private LoopRig rig;
    private PortConfiguration port;
    private LiveSettings live;
    private final Interface kernel = new Interface();
    private final List<String> log = new ArrayList<>();
    private final FakeDevice primary = new FakeDevice("vf0", MAC.toString()).within(68, 9000);
    private final FakeDevice standby = new FakeDevice("virtio0", MAC.toString()).within(68, 9000);

    /** What the port has set on the kernel's interface, and what that is. */
    private static final class Interface implements PortInterface {
        private Optional<MacAddress> given = Optional.empty();
        private int mtuGiven;
        private TapSettings now = new TapSettings(1500, OTHER_MAC, false, false, List.of());

        @Override
        public int mtu() {
            return mtuGiven;
        }

        @Override
        public void setMtu(int mtu) {
            mtuGiven = mtu;
            now = new TapSettings(mtu, now.mac(), now.promiscuous(), now.allMulticast(), now.groups());
        }

        @Override
        public Optional<MacAddress> mac() {
            return given;
        }

        @Override
        public void setMac(MacAddress mac) {
            given = Optional.of(mac);
            now = new TapSettings(now.mtu(), mac, now.promiscuous(), now.allMulticast(), now.groups());
        }
    }

    @BeforeEach
    void makePort() {
        rig = new LoopRig(folder);
        Sink sink = new Sink(rig.queue());
        PollLoop loop = rig.newLoop(sink, rig.queue());
        rig.start(loop, sink);
        port = new PortConfiguration("test", rig.pool(), rig.events(), List.of(loop.proxy(0)), Offloads.NONE);
        live = new LiveSettings(port, Optional.of(kernel), kernel::setMac, (level, line) -> log.add(line));
        live.setMtu(1500);
        live.join(Sides.PRIMARY, primary, false);
        live.join(Sides.STANDBY, standby, false);
    }

    @AfterEach
    void end() {
        rig.close();
    }

    /** The user of the interface sets it. */
    private void set(int mtu, MacAddress mac, boolean promiscuous, MacAddress... groups) {
        kernel.now = new TapSettings(mtu, mac, promiscuous, false, List.of(groups));
        live.follow(() -> Optional.of(kernel.now));
    }

    @Test
    void shouldBringBothDevicesToWhatTheInterfaceHas() {
        set(1400, OTHER_MAC, true, GROUP);
        for (FakeDevice device : List.of(primary, standby)) {
            assertTrue(
                    device.state()
                            .startsWith("mac " + OTHER_MAC + ", mtu 1400, unicast [], multicast [" + GROUP
                                    + "], vlans [], promiscuous, started"),
                    device::state);
        }
        assertEquals(1400, port.mtu());
        assertEquals(
                List.of(
                        "MTU 1400, as it was set on the interface",
                        "MAC address " + OTHER_MAC + ", as it was set on the interface"),
                log);
    }

    @Test
    void shouldDoNothingWhereNothingHasChanged() {
        set(1500, MAC, false, GROUP);
        primary.takeStory();
        set(1500, MAC, false, GROUP);
        assertEquals(List.of(), primary.takeStory());
        assertEquals(List.of(), log);
    }

    /** What was set from here is not taken for its user's. */
    @Test
    void shouldSetTheInterfaceWhenTheConfigurationChanges() {
        live.setMtu(1300);
        live.setMac(OTHER_MAC);
        live.follow(() -> Optional.of(kernel.now));
        assertEquals(1300, kernel.now.mtu());
        assertEquals(OTHER_MAC, kernel.now.mac());
        assertEquals(List.of(), log);
    }

    /** The filters come last: what was set before them is put back. */
    @Test
    void shouldSetAllThatTheConfigurationSaysOrNothing() {
        standby.without("promiscuous").filtered();
        FilterSettings all = FilterSettings.NONE.withPromiscuous(true);
        PortSpec wanted = new PortSpec(1400, Optional.of(OTHER_MAC), all);
        assertThrows(ConfigurationException.class, () -> live.set(wanted));
        for (FakeDevice device : List.of(primary, standby)) {
            assertTrue(device.state().startsWith("mac " + MAC + ", mtu 1500,"), device::state);
        }
        assertEquals(1500, kernel.now.mtu());
        assertEquals(MAC, kernel.now.mac());
        live.set(new PortSpec(1400, Optional.of(OTHER_MAC), FilterSettings.NONE));
        assertTrue(standby.state().startsWith("mac " + OTHER_MAC + ", mtu 1400,"), standby::state);
        assertEquals(1400, kernel.now.mtu());
    }

    @Test
    void shouldGiveTheInterfaceItsOldMtuWhereADeviceRefuses() {
        standby.failing("mtu");
        set(1400, MAC, false);
        assertEquals(1500, kernel.now.mtu());
        assertEquals(1500, primary.mtu());
        assertTrue(
                log.getFirst().startsWith("MTU 1400 was set on the interface, which has the old value again: virtio0"));
        set(20_000, MAC, false);
        assertEquals(1500, kernel.now.mtu(), "out of the devices' bounds");
    }

    /** The devices could, in several; the interface would lose them. */
    @Test
    void shouldRefuseMtuWhoseFramesNoMbufHolds() {
        set(9000, MAC, false);
        assertEquals(1500, kernel.now.mtu());
        assertEquals(1500, port.mtu());
        assertEquals(1500, primary.mtu());
        assertTrue(
                log.getLast().contains("in one mbuf, and these hold 2048 bytes. Start it with that MTU"), log::getLast);
        set(1900, MAC, false);
        assertEquals(1900, port.mtu());
    }

    @Test
    void shouldGiveTheInterfaceItsOldAddressWhereADeviceRefuses() {
        standby.failing("mac");
        set(1500, OTHER_MAC, false);
        assertEquals(MAC, kernel.now.mac());
        assertEquals(MAC, primary.mac());
        assertEquals(Optional.of(MAC), port.mac());
    }

    @Test
    void shouldLetThroughWhatTheConfigurationOrTheInterfaceWants() {
        live.setFilter(FilterSettings.NONE.withPromiscuous(true).withMulticast(List.of(GROUP)));
        set(1500, MAC, false, OTHER_GROUP, GROUP);
        assertTrue(primary.isPromiscuous());
        assertEquals(List.of(GROUP, OTHER_GROUP), port.filter().multicast());
        live.setFilter(FilterSettings.NONE);
        assertEquals(List.of(OTHER_GROUP, GROUP), port.filter().multicast());
        assertEquals(false, primary.isPromiscuous());
        set(1500, MAC, false);
        assertEquals(List.of(), port.filter().multicast());
    }

    @Test
    void shouldTakeBackFromThePrimaryWhatTheStandbyDoesNotLetThrough() {
        standby.without("promiscuous").filtered();
        set(1500, MAC, true);
        assertEquals(false, primary.isPromiscuous());
        assertTrue(
                log.getFirst()
                        .startsWith("the devices do not let through the frames that the interface asks for: virtio0"),
                log::toString);
        primary.takeStory();
        set(1500, MAC, true);
        assertEquals(List.of(), primary.takeStory(), "it is not tried again and again");
    }

    /** A device that can do without the interface's groups is better than none. */
    @Test
    void shouldTakeDeviceThatCannotLetThroughWhatOnlyTheInterfaceWants() {
        Member leaving = port.side(Sides.STANDBY).orElseThrow();
        assertTrue(leaving.side().letGo());
        leaving.stop();
        leaving.leave();
        set(1500, MAC, false, GROUP);
        FakeDevice deaf = new FakeDevice("deaf0", MAC.toString())
                .without("multicast", "all-multicast", "promiscuous")
                .filtered();
        live.join(Sides.STANDBY, deaf, false);
        assertTrue(deaf.state().contains("started"), deaf::state);
        assertEquals(List.of(), port.filter().multicast());
        assertTrue(log.getFirst().contains("only the frames that the configuration asks for"), log::toString);
        assertThrows(ConfigurationException.class, () -> live.setFilter(FilterSettings.NONE.withPromiscuous(true)));
    }
}
