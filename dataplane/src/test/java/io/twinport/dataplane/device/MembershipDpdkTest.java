package io.twinport.dataplane.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.handler.Sink;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.loop.StuckLoopException;
import io.twinport.dataplane.testing.FakeDevice;
import io.twinport.dataplane.testing.LoopRig;
import io.twinport.dpdk.MacAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who belongs to a port (R11-R38), with devices of memory only and a real poll loop. */
class MembershipDpdkTest {
    private static final int PRIMARY = Sides.PRIMARY;
    private static final int STANDBY = Sides.STANDBY;
    private static final String MAC = "02:00:00:00:00:01";
    private static final FilterSettings FILTER = new FilterSettings(
            true,
            true,
            List.of(MacAddress.parse("02:00:00:00:00:21")),
            List.of(MacAddress.parseMulticast("01:00:5e:00:00:fb")),
            new TreeSet<>(List.of(10, 20)));

    @TempDir
    Path folder;

    private LoopRig rig;
    private PollLoop loop;
    private PortConfiguration port;
    private final AtomicBoolean blocks = new AtomicBoolean();
    private final CountDownLatch blocked = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final List<String> log = new ArrayList<>();
    private final FakeDevice primary = new FakeDevice("vf0", MAC);
    private final FakeDevice standby = new FakeDevice("virtio0", MAC);

    @BeforeEach
    void makePort() {
        rig = new LoopRig(folder);
        Sink sink = new Sink(rig.queue());
        loop = rig.newLoop(
                () -> {
                    block();
                    return sink.poll();
                },
                rig.queue());
        rig.start(loop, sink);
        port = new PortConfiguration("test", rig.pool(), rig.events(), List.of(loop.proxy(0)), Offloads.NONE);
        port.setLog(log::add);
    }

    @AfterEach
    void end() {
        released.countDown();
        rig.close();
    }

    private void block() {
        if (blocks.get()) {
            blocked.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Member join(int side, FakeDevice dev) {
        return port.join(side, dev, false);
    }

    private static void leave(Member member) {
        assertTrue(member.side().letGo());
        member.stop();
        member.leave();
    }

    private static void assertInUse(Member member) {
        assertThrows(IllegalStateException.class, () -> member.side().stop());
    }

    private void assertBounds(int least, int most) {
        for (int mtu : new int[] {least - 1, most + 1}) {
            ConfigurationException e = assertThrows(ConfigurationException.class, () -> port.setMtu(mtu));
            assertTrue(String.valueOf(e.getMessage()).contains("allow " + least + " to " + most), e::toString);
        }
    }

    /** R22-R25: the order of the steps; R33: the reverse. */
    @Test
    void shouldJoinStepByStepAndLeaveInReverse() {
        port.setMtu(1400);
        port.setFilter(FILTER);
        String before = primary.state();

        Member member = join(PRIMARY, primary);

        assertInUse(member);
        assertEquals(
                List.of(
                        "own",
                        "mtu 1400",
                        "configure",
                        "start",
                        "unicast [02:00:00:00:00:21]",
                        "multicast [01:00:5e:00:00:fb]",
                        "all-multicast true",
                        "promiscuous true",
                        "vlan 10 on",
                        "vlan 20 on",
                        "vlan 0 on"),
                primary.takeStory());

        leave(member);

        assertEquals(
                List.of(
                        "unicast []",
                        "multicast []",
                        "all-multicast false",
                        "promiscuous false",
                        "vlan 10 off",
                        "vlan 20 off",
                        "vlan 0 off",
                        "stop",
                        "mtu 1500",
                        "disown"),
                primary.takeStory());
        assertEquals(before, primary.state());
        assertEquals(List.of(), log);
    }

    /** R22-R28: wherever it fails, all before is undone and the device is as it was; and it can join then. */
    @Test
    void shouldUndoExactlyWhateverStepFails() {
        port.setMtu(1400);
        port.setFilter(FILTER);
        port.setMac(MacAddress.parse("02:00:00:00:00:99"));
        int failures = 0;
        while (true) {
            FakeDevice dev = new FakeDevice("vf" + failures, MAC);
            String before = dev.state();
            dev.failingAt(failures);
            try {
                Member member = join(PRIMARY, dev);
                leave(member);
                break;
            } catch (RuntimeException e) {
                assertEquals(before, dev.state(), "after failure of call " + failures);
                assertTrue(port.side(PRIMARY).isEmpty());
                failures++;
                leave(join(PRIMARY, dev));
                assertEquals(before, dev.state());
            }
        }
        // All but VLAN 0, which is only a help.
        assertEquals(11, failures);
    }

    /** R13. */
    @Test
    void shouldRefuseAnotherMac() {
        join(STANDBY, standby);
        FakeDevice other = new FakeDevice("vf0", "02:00:00:00:00:02");
        String before = other.state();
        AdmissionException e = assertThrows(AdmissionException.class, () -> join(PRIMARY, other));
        assertTrue(
                String.valueOf(e.getMessage())
                        .contains("has MAC address 02:00:00:00:00:02, but the port has 02:00:00:00:00:01"),
                e::toString);
        assertEquals(before, other.state());
        assertEquals(List.of(), other.takeStory());
    }

    /** R13: the permanent address counts, whatever address the port has been given since. */
    @Test
    void shouldKnowDevicesByTheAddressTheyCameWith() {
        Member first = join(STANDBY, standby);
        port.setMac(MacAddress.parse("02:00:00:00:00:99"));
        Member second = join(PRIMARY, primary);
        assertEquals("02:00:00:00:00:99", primary.mac().toString());
        leave(second);
        assertEquals(MAC, primary.mac().toString());
        leave(first);
        assertEquals(MAC, standby.mac().toString());
        assertThrows(AdmissionException.class, () -> join(PRIMARY, new FakeDevice("vf1", "02:00:00:00:00:99")));
    }

    /** R13: a virtual device without an address of its own has the port's, also when it was there first. */
    @Test
    void shouldGiveThePortsMacToWhatHasNoneOfItsOwn() {
        FakeDevice virtual = new FakeDevice("net_tap0", "02:aa:aa:aa:aa:aa");
        Member first = port.join(STANDBY, virtual, true);
        assertEquals("02:aa:aa:aa:aa:aa", port.mac().orElseThrow().toString());
        Member second = join(PRIMARY, primary);
        assertEquals(MAC, port.mac().orElseThrow().toString());
        assertEquals(MAC, virtual.mac().toString());
        leave(first);
        assertEquals("02:aa:aa:aa:aa:aa", virtual.mac().toString());
        leave(second);
    }

    /** The adopting side refuses the other's address: nobody has changed. */
    @Test
    void shouldUndoWhenAnAdopterCannotFollow() {
        FakeDevice virtual = new FakeDevice("net_ring0", "02:aa:aa:aa:aa:aa");
        port.join(STANDBY, virtual, true);
        virtual.failing("mac");
        String before = primary.state();
        assertThrows(RuntimeException.class, () -> join(PRIMARY, primary));
        assertEquals(before, primary.state());
        assertEquals("02:aa:aa:aa:aa:aa", port.mac().orElseThrow().toString());
    }

    /** R12 in DPDK's terms: no interface has such an address. */
    @Test
    void shouldRefuseMacThatNoInterfaceCanHave() {
        for (long mac : new long[] {0, 0x0100_5e00_0001L, 0xffff_ffff_ffffL}) {
            FakeDevice dev = new FakeDevice("vf0", MAC).withMac(mac);
            AdmissionException e = assertThrows(AdmissionException.class, () -> join(PRIMARY, dev));
            assertTrue(String.valueOf(e.getMessage()).contains("no Ethernet interface can have"), e::toString);
        }
        assertTrue(port.mac().isEmpty());
    }

    /** R15: who is there stays, the second one is left independent. */
    @Test
    void shouldRefuseSecondDeviceOfARole() {
        Member first = join(PRIMARY, primary);
        FakeDevice second = new FakeDevice("vf1", MAC);
        AdmissionException e = assertThrows(AdmissionException.class, () -> join(PRIMARY, second));
        assertTrue(
                String.valueOf(e.getMessage())
                        .contains("cannot be the primary: vf0 (port 0, net_fake) is it already. It stays independent"),
                e::toString);
        assertEquals(List.of(), second.takeStory());
        assertInUse(first);
    }

    /** R18. */
    @Test
    void shouldRefuseDeviceOfSomebodyElse() {
        FakeDevice bonded = new FakeDevice("vf0", MAC).ownedBy("bond0");
        String before = bonded.state();
        RuntimeException e = assertThrows(RuntimeException.class, () -> join(PRIMARY, bonded));
        assertTrue(String.valueOf(e.getMessage()).contains("belongs to bond0"), e::toString);
        assertEquals(before, bonded.state());
        assertTrue(port.side(PRIMARY).isEmpty());
    }

    /** R21, R37, not R38: in any order, again and again, and the port lives on without any. */
    @Test
    void shouldTakeSidesInAnyOrderAndOutliveBoth() {
        for (int[] order : new int[][] {{PRIMARY, STANDBY}, {STANDBY, PRIMARY}}) {
            Member first = join(order[0], order[0] == PRIMARY ? primary : standby);
            Member second = join(order[1], order[1] == PRIMARY ? primary : standby);
            leave(first);
            leave(second);
            assertTrue(port.side(PRIMARY).isEmpty());
            assertTrue(port.side(STANDBY).isEmpty());
        }
        assertEquals(MAC, port.mac().orElseThrow().toString());
    }

    /** R37: a re-plugged device gets what was set meanwhile. */
    @Test
    void shouldGiveAReturningDeviceWhatWasSetMeanwhile() {
        leave(join(PRIMARY, primary));
        port.setMtu(1300);
        port.setFilter(FILTER);
        FakeDevice again = new FakeDevice("vf0", MAC);
        Member member = join(PRIMARY, again);
        assertEquals(1300, again.mtu());
        assertTrue(again.isPromiscuous());
        leave(member);
    }

    /** R22: the message names device and MTU, nothing else was done. */
    @Test
    void shouldRefuseDeviceThatCannotHaveThePortsMtu() {
        join(STANDBY, standby);
        port.setMtu(9000);
        FakeDevice small = new FakeDevice("vf0", MAC).within(68, 1500);
        AdmissionException e = assertThrows(AdmissionException.class, () -> join(PRIMARY, small));
        assertTrue(
                String.valueOf(e.getMessage())
                        .startsWith("vf0 (port 0, net_fake) cannot join: the port has an MTU of 9000"),
                e::toString);
        assertEquals(List.of("own", "mtu 9000", "disown"), small.takeStory());
        assertBounds(68, 65_000);
    }

    /** R27, R34. */
    @Test
    void shouldHaveThePrimarysMtuBoundsElseTheStandbys() {
        Member first = join(STANDBY, standby.within(68, 9000));
        assertBounds(68, 9000);
        Member second = join(PRIMARY, primary.within(100, 2000));
        assertBounds(100, 2000);
        leave(first);
        assertBounds(100, 2000);
        // A standby does not change them.
        first = join(STANDBY, standby);
        assertBounds(100, 2000);
        port.setMtu(1900);
        leave(second);
        assertBounds(68, 9000);
        assertEquals(1900, port.mtu(), "the MTU itself stays");
        leave(first);
        assertBounds(68, 9000);
    }

    /** A device that was pulled out answers nothing: what cannot be put back is told, and it leaves all the same. */
    @Test
    void shouldLetADeviceGoThatAnswersNothing() {
        port.setMtu(1400);
        port.setFilter(FILTER);
        Member member = join(PRIMARY, primary);
        primary.failing("unicast", "multicast", "all-multicast", "promiscuous", "vlan", "mtu", "disown");
        leave(member);
        assertTrue(port.side(PRIMARY).isEmpty());
        assertEquals(3, log.size(), log::toString);
        assertTrue(log.getFirst().startsWith("vf0 (port 0, net_fake) is not fully restored: filters: "), log::toString);
        join(PRIMARY, new FakeDevice("vf1", MAC));
    }

    /** U6: the loop may take it yet, so nothing may be undone. */
    @Test
    void shouldTouchNothingOfDeviceThatAStuckLoopMayTake() throws InterruptedException {
        blocks.set(true);
        blocked.await();
        assertThrows(StuckLoopException.class, () -> join(PRIMARY, primary));
        assertEquals(List.of("own", "mtu 1500", "configure", "start"), primary.takeStory());
        assertTrue(port.side(PRIMARY).isPresent(), "the role is not free");
    }

    /** A driver that has to be stopped and started gets its filters again, and new baselines. */
    @Test
    void shouldTellFiltersAgainAfterStopAndStart() {
        port.setFilter(FilterSettings.NONE.withPromiscuous(true));
        Member member = join(PRIMARY, primary);
        primary.takeStory();
        assertTrue(member.side().letGo());
        member.stop();
        member.start();
        assertEquals(List.of("promiscuous false", "stop", "start", "promiscuous true"), primary.takeStory());
        leave(member);
    }
}
