package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.control.hotplug.Binding;
import io.twinport.control.hotplug.Occupant;
import io.twinport.control.hotplug.PciNic;
import io.twinport.dataplane.Sides;
import io.twinport.dpdk.MacAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** R13, R16: which virtio-net device a standby that was not named is. */
class PairingTest {
    private static final String MAC = "52:54:00:00:00:01";
    private static final String OTHER_MAC = "52:54:00:00:00:02";
    private static final PciNic VF = nic("0000:01:00.0", "iavf", false, MAC);
    private static final PciNic STANDBY = nic("0000:02:00.0", "virtio-pci", true, MAC);
    private static final PciNic MANAGEMENT = nic("0000:03:00.0", "virtio-pci", true, OTHER_MAC);

    private static PciNic nic(String address, String driver, boolean isVirtio, String mac) {
        Optional<MacAddress> known = mac.isEmpty() ? Optional.empty() : Optional.of(MacAddress.parse(mac));
        return new PciNic(address, new Occupant(address, driver, driver.equals("vfio-pci")), isVirtio, known, "");
    }

    private static PciNic inUse(PciNic nic) {
        return new PciNic(nic.address(), nic.device(), nic.isVirtio(), nic.mac(), "eth0 has the default route");
    }

    private static SideSpec primary(String device) {
        return SideSpec.parse(Sides.PRIMARY, device);
    }

    private static SideSpec standby(String device) {
        return SideSpec.parse(Sides.STANDBY, device);
    }

    private static String standbyOf(List<PciNic> nics, SideSpec... sides) {
        return new Pairing(nics).resolve(List.of(sides)).getLast().name();
    }

    private static String failure(List<PciNic> nics, SideSpec... sides) {
        return assertThrows(UserException.class, () -> standbyOf(nics, sides)).toString();
    }

    @Test
    void shouldFindTheStandbyOfThePrimarysAddress() {
        List<PciNic> nics = List.of(VF, STANDBY, MANAGEMENT);
        assertEquals(STANDBY.address(), standbyOf(nics, primary(VF.address()), standby("auto")));
        assertEquals(STANDBY.address(), standbyOf(nics, primary("net_tap0,mac=" + MAC), standby("auto")));
        assertEquals(MANAGEMENT.address(), standbyOf(nics, standby("mac:" + OTHER_MAC)));
        assertEquals(STANDBY.address(), standbyOf(nics, primary("auto"), standby("auto")), "the one of a pair");
    }

    @Test
    void shouldFindTheOnlyVirtioDeviceWhateverThePrimaryIs() {
        PciNic lent = nic("0000:02:00.0", "vfio-pci", true, "");
        assertEquals(lent.address(), standbyOf(List.of(lent), primary("auto"), standby("auto")));
        SideSpec kernel = SideSpec.parseKernel(Sides.STANDBY, "auto");
        SideSpec found =
                new Pairing(List.of(VF, STANDBY)).resolve(List.of(kernel)).getFirst();
        assertEquals(STANDBY.address(), found.name());
        assertEquals(SideDriver.KERNEL, found.driver());
    }

    @Test
    void shouldLeaveInterfacesOfAnAddressToTheKernelSlot() {
        SideSpec kernel = SideSpec.parseKernel(Sides.STANDBY, "mac:" + MAC);
        assertEquals(kernel, new Pairing(List.of()).resolve(List.of(kernel)).getFirst());
    }

    @Test
    void shouldSayWhatIsThereWhenItCannotTell() {
        String message = failure(List.of(STANDBY, MANAGEMENT), primary("auto"), standby("auto"));
        assertTrue(message.contains("--standby auto: no virtio-net device can be one of a pair"), message);
        assertTrue(message.contains("0000:03:00.0 (virtio-pci, " + OTHER_MAC + ", virtio-net)"), message);
        PciNic second = nic("0000:04:00.0", "virtio-pci", true, MAC);
        message = failure(List.of(VF, STANDBY, second), primary(VF.address()), standby("auto"));
        assertTrue(message.contains("more than one virtio-net device has the MAC address " + MAC), message);
        message = failure(List.of(VF), primary("auto"), standby("mac:" + OTHER_MAC));
        assertTrue(message.contains("no virtio-net device has the MAC address " + OTHER_MAC), message);
        assertTrue(failure(List.of(), standby("auto")).contains("there is no PCI network device"));
    }

    @Test
    void shouldKnowTheAddressWithoutAProbe() {
        Pairing pairing = new Pairing(List.of(VF, STANDBY));
        assertEquals(Optional.of(MacAddress.parse(MAC)), pairing.addressOf(List.of(standby(STANDBY.address()))));
        assertEquals(Optional.empty(), pairing.addressOf(List.of(primary("auto"), standby("net_null0"))));
    }

    /** The machine's only NIC, perhaps. */
    @Test
    void shouldNotChooseADeviceThatIsInUse() {
        assertEquals(
                STANDBY.address(),
                standbyOf(List.of(inUse(MANAGEMENT), STANDBY), primary("net_tap0"), standby("auto")));
        String message = failure(List.of(inUse(STANDBY)), primary("net_tap0"), standby("auto"));
        assertTrue(message.contains("no virtio-net device can be one of a pair"), message);
        assertTrue(message.contains("virtio-net, in use: eth0 has the default route)"), message);
        assertTrue(message.endsWith("--bind-in-use that it may be taken."), message);
        SideSpec bound = standby("auto").bound(Binding.IN_USE);
        assertEquals(STANDBY.address(), standbyOf(List.of(inUse(STANDBY)), primary("net_tap0"), bound));
    }
}
