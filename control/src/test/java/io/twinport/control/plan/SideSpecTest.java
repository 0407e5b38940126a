package io.twinport.control.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.twinport.control.UserException;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.virtio.VirtioFeatures;
import io.twinport.dpdk.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SideSpecTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private static SideSpec primary(String devargs) {
        return SideSpec.parse(Sides.PRIMARY, devargs);
    }

    private static SideSpec standby(String devargs) {
        return SideSpec.parse(Sides.STANDBY, devargs);
    }

    private static String failure(org.junit.jupiter.api.function.Executable executable) {
        return assertThrows(UserException.class, executable).toString();
    }

    @Test
    void shouldReadVirtualDevices() {
        SideSpec side = primary("net_virtio_user0,path=/run/vf.sock,server=1,mac=02:00:00:00:00:01");
        assertEquals("net_virtio_user0", side.name());
        assertEquals(Optional.of(MAC), side.mac());
        assertFalse(side.adoptsMac());
        assertFalse(side.isPci());
    }

    @Test
    void shouldReadPciAddressesShortAndLong() {
        assertEquals("0000:05:00.0", primary("05:00.0").name());
        assertEquals("0000:0a:1f.7", primary("0000:0A:1F.7,representor=1").name());
        assertTrue(primary("05:00.0").isPci());
        assertFalse(primary("05:00.0").adoptsMac());
    }

    @Test
    void shouldPassTheAddressToDriversThatTakeOne() {
        assertEquals("net_tap0,iface=x,mac=" + MAC, standby("net_tap0,iface=x").devargsWith(Optional.of(MAC)));
        assertEquals("net_null1", standby("net_null1").devargsWith(Optional.of(MAC)));
        assertEquals("0000:05:00.0", standby("05:00.0").devargsWith(Optional.of(MAC)));
        assertEquals("0000:05:00.0,a=b,c", standby("05:00.0,a=b,c").devargsWith(Optional.of(MAC)));
    }

    /** What listens there is told from what cannot; what is not there yet may come. */
    @ParameterizedTest
    @ValueSource(strings = {"net_virtio_user0,path=%s", "net_virtio_user0,path=%s,server=1", "net_vhost0,iface=%s"})
    void shouldRefuseWhatIsThereAndNoSocket(String devargs) {
        assertTrue(failure(() -> primary(devargs.replace("%s", "/dev/zero")))
                .contains("/dev/zero is a device, and no socket"));
        assertTrue(failure(() -> primary(devargs.replace("%s", "/proc/version")))
                .contains("/proc/version is a regular file, and no socket"));
        assertTrue(failure(() -> primary(devargs.replace("%s", "/proc"))).contains("/proc is a folder, and no socket"));
        assertFalse(primary(devargs.replace("%s", "/no/such/folder/s")).isPci());
    }

    /** DPDK's driver would end the process. */
    @Test
    void shouldRefuseToBeTheServerOfMemif() {
        assertTrue(failure(() -> primary("net_memif0,role=server")).contains("give role=client"));
        assertEquals("net_memif0", primary("net_memif0,role=client").name());
    }

    @Test
    void shouldSayWhatIsNoDevice() {
        assertTrue(failure(() -> primary("eth0")).contains("--primary eth0: 'eth0' is no DPDK device"));
        assertTrue(failure(() -> standby("net_null")).contains("net_null"));
        assertTrue(failure(() -> standby("net_tap0,mac=1:2")).contains("'1:2' is not a MAC address"));
        assertTrue(failure(() -> standby("net_tap0,mac=01:00:00:00:00:00")).contains("multicast"));
    }

    @Test
    void shouldRefusePairsThatCannotBeOne() {
        assertTrue(failure(() -> PortPlan.check(List.of())).contains("give --primary, --standby or both"));
        assertTrue(failure(() -> PortPlan.check(
                        List.of(primary("net_tap0,mac=02:00:00:00:00:01"), standby("net_tap1,mac=02:00:00:00:00:02"))))
                .contains("both sides of a failover port need the same MAC address"));
        PortPlan.check(List.of(primary("net_tap0,mac=02:00:00:00:00:01"), standby("net_tap1")));
    }

    @Test
    void shouldHaveOwnDriverForVirtioPciDevicesOnly() {
        assertEquals(SideDriver.DPDK, standby("0000:fe:1f.7").driver());
        assertEquals(
                SideDriver.TWINPORT,
                standby("0000:fe:1f.7").drivenBy(SideDriver.TWINPORT).driver(),
                "it may be plugged in later");
        assertTrue(failure(() -> standby("net_null0").drivenBy(SideDriver.TWINPORT))
                .contains("net_null0 is a virtual one"));
        assertTrue(failure(() -> standby("0000:fe:1f.7,vectorized=1").drivenBy(SideDriver.TWINPORT))
                .contains("takes no arguments"));
        assertTrue(failure(() -> SideDriver.parse("--standby-driver", "vfio"))
                .contains("auto or dpdk or twinport or kernel"));
    }

    /** A device that is there may have another driver than one that comes later: nothing is guessed before. */
    @Test
    void shouldLeaveTheDriverOpenUntilTheDeviceIsThere() {
        assertFalse(
                SideSpec.parse(Sides.STANDBY, "0000:fe:1f.7", SideDriver.AUTO).isOfDpdk());
        assertFalse(SideSpec.parse(Sides.STANDBY, "auto", SideDriver.AUTO).isOfDpdk());
        assertTrue(SideSpec.parse(Sides.STANDBY, "0000:fe:1f.7,vectorized=1", SideDriver.AUTO)
                .isOfDpdk());
        for (String virtual : List.of("net_tap0,iface=s0", "vhost-user:/run/s.sock")) {
            SideSpec side = SideSpec.parse(Sides.STANDBY, virtual, SideDriver.AUTO);
            assertEquals(side, side.chosen(what -> fail("there is nothing to choose: " + what)));
        }
        List<String> told = new ArrayList<>();
        SideSpec chosen =
                SideSpec.parse(Sides.STANDBY, "0000:fe:1f.7", SideDriver.AUTO).chosen(told::add);
        assertEquals(SideDriver.DPDK, chosen.driver());
        assertEquals(List.of("standby 0000:fe:1f.7 is driven by DPDK, because it is no virtio-net device"), told);
    }

    @Test
    void shouldHaveOwnDriverWhereTheHypervisorWaitsForIt() {
        assertEquals(
                "driven by twinport, because it offers VIRTIO_NET_F_STANDBY",
                DriverChoice.of(Optional.of(VirtioFeatures.VERSION_1 | VirtioFeatures.STANDBY))
                        .toString());
        assertEquals(
                SideDriver.DPDK,
                DriverChoice.of(Optional.of(VirtioFeatures.VERSION_1 | VirtioFeatures.MAC))
                        .driver());
        DriverChoice unknown = DriverChoice.of(Optional.empty());
        assertEquals(SideDriver.DPDK, unknown.driver());
        assertTrue(unknown.why().contains("does not tell what it offers"), unknown::why);
    }

    @Test
    void shouldReadDevicesThatAreFoundByTheirAddress() {
        assertTrue(primary("auto").isSearch());
        assertTrue(primary("auto").isPci());
        assertFalse(primary("auto").adoptsMac());
        assertEquals(Optional.of(MAC), primary("mac:02:00:00:00:00:01").mac());
        assertTrue(failure(() -> primary("mac:2")).contains("--primary mac:2: '2' is not a MAC address"));
        assertTrue(failure(() -> primary("auto,mac=02:00:00:00:00:01")).contains("Leave out the comma"));
        assertEquals("0000:05:00.0", primary("auto").found("0000:05:00.0").devargs());
        for (List<SideSpec> unknown :
                List.of(List.of(primary("auto")), List.of(primary("auto"), standby("net_tap0")))) {
            assertTrue(failure(() -> PortPlan.check(unknown)).contains("the MAC address of the device is unknown"));
        }
        PortPlan.check(List.of(primary("auto"), standby("auto")));
        PortPlan.check(List.of(primary("mac:02:00:00:00:00:01")));
        PortPlan.check(List.of(primary("auto"), standby("net_tap0,mac=02:00:00:00:00:01")));
    }

    /** U6: what a driver lends has to be back before its device is closed. */
    @Test
    void shouldRefuseArgumentsWithWhichDriversLendBuffers() {
        assertTrue(failure(() -> primary("05:00.0,mprq_en=1")).contains("with mprq_en received frames lie in buffers"));
        assertEquals("0000:05:00.0,mprq_en=0", primary("05:00.0,mprq_en=0").devargs());
    }

    @Test
    void shouldReadInterfacesThatTheKernelDrives() {
        SideSpec side = SideSpec.parseKernel(Sides.STANDBY, "mac:02:00:00:00:00:01");
        assertEquals(Optional.of(MAC), side.mac());
        assertEquals(SideDriver.KERNEL, side.driver());
        assertEquals("eth1", SideSpec.parseKernel(Sides.STANDBY, "eth1").name());
        SideSpec device = SideSpec.parseKernel(Sides.STANDBY, "02:00.0");
        assertEquals("0000:02:00.0", device.name());
        assertFalse(device.isPci(), "it is not DPDK's");
        assertFalse(device.adoptsMac());
        for (String none : List.of("eth1,mac=02:00:00:00:00:01", "net_tap0,iface=x", "an interface", "mac:1")) {
            assertTrue(failure(() -> SideSpec.parseKernel(Sides.STANDBY, none)).contains("--standby " + none));
        }
    }

    /** U6: buffers of the device's would keep it from being closed. */
    @Test
    void shouldRefuseBuffersThatTheDeviceLends() {
        assertTrue(failure(() -> primary("05:00.0,mprq_en=1")).contains("with mprq_en received frames lie in buffers"));
        assertTrue(failure(() -> primary("05:00.0,rx_extmbuf_enable=1")).contains("Leave it out"));
        assertEquals("0000:05:00.0", primary("05:00.0,mprq_en=0").name());
    }

    @Test
    void shouldRefuseWhatADriverWouldMisunderstand() {
        assertTrue(failure(() -> primary("net_tap0,iface=a/b")).contains("'a/b' is no name of an interface"));
        assertTrue(failure(() -> primary("net_null0,mac=02:00:00:00:00:01")).contains("net_null takes no mac="));
        String path = "/" + "x".repeat(107);
        assertTrue(failure(() -> primary("net_virtio_user0,path=" + path))
                .contains("a unix socket's path has 107 bytes at most"));
        assertEquals(
                "net_virtio_user0",
                primary("net_virtio_user0,path=" + path.substring(1)).name());
    }

    /** A slot of net_af_packet's ring has a header of 32 bytes before the frame. */
    @Test
    void shouldRefuseSlotsForLongerFramesThanAnMbufHolds() {
        primary("net_af_packet0,iface=a,framesz=2080").checkFrames(2048);
        String message =
                failure(() -> primary("net_af_packet0,iface=a,framesz=2081").checkFrames(2048));
        assertTrue(
                message.contains("with framesz=2081 frames are up to 2049 bytes long, and an mbuf holds 2048"),
                message);
        assertTrue(message.contains("give framesz=2080 at most"), message);
        primary("net_tap0,iface=a,framesz=9000").checkFrames(2048);
        primary("net_af_packet0,iface=a,framesz=x").checkFrames(2048);
        primary("net_af_packet0,iface=a").checkFrames(2048);
    }
}
