package io.twinport.dataplane.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.handler.Sink;
import io.twinport.dataplane.loop.PollLoop;
import io.twinport.dataplane.testing.LoopRig;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthOwner;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.testing.VirtioWire;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Joining and leaving with DPDK's virtual devices. What their drivers can be told (22.11):
 *
 * <pre>
 *                 MTU    MAC   unicast  multicast  promiscuous  all-multicast  VLANs
 *   net_tap       to 1504 yes   no       yes        yes          yes            no
 *   net_null      any    yes   no       no         no           no             no
 *   net_ring      (any)  no    (1)      no         yes          yes            no     (in name: it has no filter)
 *   net_virtio    yes    yes   with cq=1 only, else no filter at all
 *   net_memif     1500   no    no       no         no           no             no
 *   net_af_packet 1500   yes   no       no         yes          no             no
 * </pre>
 */
class VdevMembershipDpdkTest {
    private static final int PRIMARY = Sides.PRIMARY;
    private static final int STANDBY = Sides.STANDBY;
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final FilterSettings FILTER = new FilterSettings(
            true,
            true,
            List.of(MacAddress.parse("02:00:00:00:00:21")),
            List.of(MacAddress.parseMulticast("01:00:5e:00:00:fb")),
            new TreeSet<>(List.of(10)));
    private static final Set<String> CHANGES = Set.of(
            "setMtu",
            "setMac",
            "setPromiscuous",
            "setAllMulticast",
            "setUnicast",
            "setMulticast",
            "setVlan",
            "own",
            "configure",
            "start");

    @TempDir
    Path folder;

    private LoopRig rig;
    private PollLoop loop;
    private PortConfiguration port;
    private final String tap = "twm" + ProcessHandle.current().pid() % 100_000;

    @BeforeEach
    void makePort() {
        rig = new LoopRig(folder);
        Sink sink = new Sink(rig.queue());
        loop = rig.newLoop(sink, rig.queue());
        rig.start(loop, sink);
        port = newPort("test");
    }

    private PortConfiguration newPort(String owner) {
        return new PortConfiguration(owner, rig.pool(), rig.events(), List.of(loop.proxy(0)), Offloads.NONE);
    }

    @AfterEach
    void end() {
        rig.close();
    }

    private static void leave(Member member) {
        assertTrue(member.side().letGo());
        member.stop();
        member.leave();
    }

    private static void remove(Member member) {
        leave(member);
        member.dev().remove();
    }

    /** R22-R28, R33: what the kernel's end of the device shows is set and put back. */
    @Test
    void shouldSetTheDeviceForTheTimeOfItsMembership() throws IOException {
        EthSide dev = new EthSide(EthDev.probe("net_tap7,iface=" + tap));
        String before = state(dev);
        String own = read("address");
        port.setMtu(1400);
        port.setMac(MAC);
        port.setFilter(FILTER);

        Member member = port.join(STANDBY, dev, true);

        assertEquals("1400", read("mtu"));
        assertEquals(MAC.toString(), read("address"));
        assertEquals("test", EthOwner.of(EthDev.probe("net_tap7")));
        assertTrue(dev.isPromiscuous() && dev.isAllMulticast());
        port.setMtu(1450);
        assertEquals("1450", read("mtu"));
        leave(member);
        assertEquals("1500", read("mtu"));
        assertEquals(own, read("address"));
        assertEquals(before, state(dev));
        dev.remove();
    }

    private String read(String what) throws IOException {
        return Files.readString(Path.of("/sys/class/net", tap, what)).trim();
    }

    /** Each change of a real device fails once, before it is made; then the device is as before, and can join. */
    @Test
    void shouldUndoExactlyOnRealDevicesWhateverFails() {
        port.setMtu(1400);
        port.setMac(MAC);
        port.setFilter(FILTER);
        assertUndone("net_tap7,iface=" + tap, 10);
        assertUndone("net_null7", 8);
    }

    private void assertUndone(String devargs, int least) {
        EthSide dev = new EthSide(EthDev.probe(devargs));
        String before = state(dev);
        int failures = 0;
        while (true) {
            AtomicInteger countdown = new AtomicInteger(failures);
            try {
                Member member = port.join(STANDBY, failing(dev, countdown), true);
                countdown.set(-1);
                leave(member);
                break;
            } catch (DpdkException | AdmissionException e) {
                assertTrue(String.valueOf(e.getMessage()).endsWith("injected"), e::toString);
                assertEquals(before, state(dev), devargs + ": after failure of change " + failures);
                failures++;
                leave(port.join(STANDBY, dev, true));
                assertEquals(before, state(dev));
            }
        }
        System.out.println(devargs + ": undone after a failure of each of " + failures + " changes");
        assertTrue(failures >= least, devargs + ": only " + failures + " changes");
        dev.remove();
    }

    private static SideDevice failing(SideDevice dev, AtomicInteger countdown) {
        return (SideDevice) Proxy.newProxyInstance(
                SideDevice.class.getClassLoader(), new Class<?>[] {SideDevice.class}, (proxy, method, arguments) -> {
                    if (CHANGES.contains(method.getName()) && countdown.getAndDecrement() == 0) {
                        throw new DpdkException("injected");
                    }
                    try {
                        return method.invoke(dev, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static String state(EthSide dev) {
        return "mac " + dev.mac() + " mtu " + dev.mtu() + " promiscuous " + dev.isPromiscuous() + " all-multicast "
                + dev.isAllMulticast() + " owner '" + EthOwner.of(EthDev.probe(dev.name())) + "'";
    }

    /** R18: a sub-device of another driver's is neither taken nor closed. */
    @Test
    void shouldLeaveAloneWhatBelongsToSomebodyElse() {
        EthDev failsafe = EthDev.probe("net_failsafe0,dev(net_null8)");
        EthDev owned = EthDev.probe("net_null8");
        EthSide dev = new EthSide(owned);
        String owner = EthOwner.of(owned);
        assertFalse(owner.isEmpty());

        DpdkException e = assertThrows(DpdkException.class, () -> port.join(PRIMARY, dev, true));

        assertEquals(
                "net_null8 (port " + owned.port() + ", net_null) belongs to " + owner + ": take it out there first",
                e.getMessage());
        dev.remove();
        assertEquals(owner, EthOwner.of(owned), "it is still there, and still the other's");
        failsafe.remove();
    }

    /** R13, R15, R18: a device is of one port only. */
    @Test
    void shouldRefuseDeviceOfAnotherPort() {
        EthDev dev = EthDev.probe("net_null7");
        Member member = port.join(PRIMARY, new EthSide(dev), true);
        DpdkException e =
                assertThrows(DpdkException.class, () -> newPort("other").join(STANDBY, new EthSide(dev), true));
        assertTrue(String.valueOf(e.getMessage()).contains("belongs to test"), e::toString);
        assertThrows(IllegalStateException.class, () -> member.side().stop(), "a loop uses it");
        remove(member);
    }

    /** R22: memif's driver knows 1500 bytes only. */
    @Test
    void shouldRefuseDeviceThatCannotHaveThePortsMtu() {
        port.setMtu(9000);
        EthSide dev = new EthSide(
                EthDev.probe("net_memif0,role=server,socket-abstract=no,socket=" + folder.resolve("memif")));
        String before = state(dev);
        AdmissionException e = assertThrows(AdmissionException.class, () -> port.join(PRIMARY, dev, true));
        String message = String.valueOf(e.getMessage());
        assertTrue(
                message.startsWith("net_memif0 ")
                        && message.contains("MTU of 9000")
                        && message.endsWith("68 to 1500 is possible"),
                message);
        assertEquals(before, state(dev));
        dev.remove();
    }

    /** U5: no frame of 9000 bytes fits into 2 KB, and net_null cannot do with several mbufs. */
    @Test
    void shouldRefuseJumboFramesThatTheMbufsCannotHold() {
        port.setMtu(9000);
        EthSide dev = new EthSide(EthDev.probe("net_null7"));
        String before = state(dev);
        DpdkException e = assertThrows(DpdkException.class, () -> port.join(PRIMARY, dev, true));
        assertTrue(String.valueOf(e.getMessage()).contains("Make the pool's mbufs larger"), e::toString);
        assertEquals(before, state(dev));
        dev.remove();
    }

    /** R59 on two drivers: the second one refuses, the first one is put back. */
    @Test
    void shouldPutThePrimaryBackWhenTheStandbysDriverRefuses() throws IOException {
        // First, while the port has no address yet: a ring has none, and cannot be given one.
        Member second = port.join(STANDBY, new EthSide(EthDev.probe("net_ring7")), true);
        Member first = port.join(PRIMARY, new EthSide(EthDev.probe("net_tap7,iface=" + tap)), true);
        String before = read("address");
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> port.setMac(MAC));
        assertTrue(String.valueOf(e.getMessage()).contains("net_ring7"), e::toString);
        assertTrue(String.valueOf(e.getMessage()).endsWith("has its former settings again"), e::toString);
        assertEquals(before, read("address"));
        port.setFilter(FILTER);
        assertTrue(first.dev().isPromiscuous() && second.dev().isPromiscuous());
        remove(second);
        remove(first);
    }

    /** R24, R25 with virtio: without a control queue the device has no filter, with one it is told. */
    @Test
    void shouldTellVirtioWhatItsControlQueueTakes() throws Exception {
        port.setMtu(1400);
        port.setFilter(FILTER);
        VirtioWire wire = VirtioWire.lay(folder, 0, MAC.toString(), far -> {
            far.configure(rig.pool());
            far.start();
        });
        EthSide dev = new EthSide(wire.near());
        String before = state(dev);
        assertTrue(dev.isUnfiltered());
        Member member = port.join(PRIMARY, dev, false);
        assertEquals(1400, wire.near().mtu());
        leave(member);
        assertEquals(before, state(dev));
        dev.remove();
        wire.far().stop();
        wire.far().remove();
    }
}
