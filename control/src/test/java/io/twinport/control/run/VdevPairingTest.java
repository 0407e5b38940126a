package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.dataplane.Sides;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** R13, R16: which of EAL's virtual devices a side that was not named is. */
class VdevPairingTest {
    private static final String MAC = "02:00:00:00:00:01";
    private static final String OTHER_MAC = "02:00:00:00:00:02";
    private static final String TAP = "net_tap0,iface=a,mac=" + MAC;
    private static final String TAP_TOO = "net_tap1,iface=b,mac=" + MAC;
    private static final String VIRTIO = "net_virtio_user3,path=/x,mac=" + MAC;
    private static final String OTHER_TAP = "net_tap8,mac=" + OTHER_MAC;
    private static final String OTHER_TAP_TOO = "net_tap9,mac=" + OTHER_MAC;

    private static List<SideSpec> sides(String primary, String standby) {
        return List.of(SideSpec.parse(Sides.PRIMARY, primary), SideSpec.parse(Sides.STANDBY, standby));
    }

    private static VdevPairing vdevs(String... vdevs) {
        List<String> eal = new ArrayList<>(List.of("-l", "1"));
        for (String vdev : vdevs) {
            eal.addAll(List.of("--vdev", vdev));
        }
        eal.add("--vdev=net_null7");
        return new VdevPairing(eal, List.of());
    }

    private static List<String> resolve(VdevPairing pairing, String primary, String standby) {
        return pairing.resolve(sides(primary, standby)).stream()
                .map(SideSpec::devargs)
                .toList();
    }

    @Test
    void shouldPairThoseOfOneAddress() {
        assertEquals(List.of(TAP, TAP_TOO), resolve(vdevs(OTHER_TAP, TAP, TAP_TOO), "auto", "auto"));
        assertEquals(List.of(TAP, VIRTIO), resolve(vdevs(VIRTIO, TAP), "auto", "auto"), "virtio's is the standby");
        assertEquals(
                MAC,
                vdevs(TAP, TAP_TOO)
                        .resolve(sides("auto", "auto"))
                        .getFirst()
                        .mac()
                        .orElseThrow()
                        .toString());
    }

    /** EAL would wait without end for the far end of one that is a server. */
    @Test
    void shouldLeaveToTheSidesWhatTheyHaveFound() {
        List<String> eal = List.of("-l", "1", "--vdev=" + TAP, "--vdev", VIRTIO, "--vdev", OTHER_TAP, "--no-huge");
        List<SideSpec> found = new VdevPairing(eal, List.of()).resolve(sides("auto", "auto"));
        assertEquals(List.of("-l", "1", "--vdev", OTHER_TAP, "--no-huge"), VdevPairing.without(eal, found));
        assertEquals(eal, VdevPairing.without(eal, sides("net_tap0", "net_virtio_user3")), "EAL's are others");
    }

    @Test
    void shouldFindThePartnerOfTheOneThatIsNamed() {
        assertEquals(List.of("net_tap0", VIRTIO), resolve(named(), "net_tap0", "auto"));
        assertEquals(List.of("net_memif2,mac=" + MAC, VIRTIO), resolve(vdevs(VIRTIO), "net_memif2,mac=" + MAC, "auto"));
        assertEquals(List.of(OTHER_TAP, "net_null1"), resolve(vdevs(OTHER_TAP, TAP), "mac:" + OTHER_MAC, "net_null1"));
    }

    private static VdevPairing named() {
        return new VdevPairing(List.of("--vdev=" + TAP, "--vdev=" + VIRTIO), List.of("net_tap0", "auto"));
    }

    @Test
    void shouldGiveEachPortItsOwn() {
        VdevPairing pairing = vdevs(TAP, TAP_TOO, OTHER_TAP, OTHER_TAP_TOO);
        assertEquals(List.of(OTHER_TAP, OTHER_TAP_TOO), resolve(pairing, "mac:" + OTHER_MAC, "auto"));
        assertEquals(List.of(TAP, TAP_TOO), resolve(pairing, "auto", "auto"));
        assertEquals(List.of("auto", "auto"), resolve(pairing, "auto", "auto"), "the rest is the PCI bus's");
    }

    @Test
    void shouldLeaveToThePciBusWhatIsNotThere() {
        assertEquals(List.of("auto", VIRTIO), resolve(vdevs(VIRTIO), "auto", "mac:" + MAC));
        assertEquals(List.of("auto", "auto"), resolve(vdevs(VIRTIO), "auto", "auto"), "nobody has said its address");
        assertEquals(List.of("0000:01:00.0", "auto"), resolve(vdevs(TAP), "0000:01:00.0", "auto"));
    }

    @Test
    void shouldSayWhatIsNotClear() {
        VdevPairing two = vdevs(TAP, TAP_TOO, OTHER_TAP, OTHER_TAP_TOO);
        String message = assertThrows(UserException.class, () -> resolve(two, "auto", "auto"))
                .toString();
        assertTrue(
                message.contains("2 pairs of devices can be meant (net_tap0, net_tap1; net_tap8, net_tap9)"), message);
        VdevPairing three = vdevs(TAP, TAP_TOO, VIRTIO);
        message = assertThrows(UserException.class, () -> resolve(three, "auto", "auto"))
                .toString();
        assertTrue(message.contains("3 devices have the MAC address " + MAC), message);
        message = assertThrows(UserException.class, () -> resolve(vdevs(TAP, OTHER_TAP), "auto", "auto"))
                .toString();
        assertTrue(
                message.contains(
                        "no two of the devices have the same MAC address (net_tap0 " + MAC + ", net_tap8 " + OTHER_MAC),
                message);
        message = assertThrows(UserException.class, () -> vdevs("net_tap0,mac=nonsense"))
                .toString();
        assertTrue(message.contains("--vdev net_tap0,mac=nonsense: 'nonsense'"), message);
    }
}
