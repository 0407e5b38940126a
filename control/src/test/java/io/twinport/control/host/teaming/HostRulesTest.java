package io.twinport.control.host.teaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.host.HostView;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.host.probe.VerdictFile;
import io.twinport.control.program.FakePrograms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A made-up host: the PF {@code ens4f0} (0000:42:00.0) is a port of the bridge {@code br0}, its VFs are 0000:42:02.4 and 0000:42:02.5;
 * {@code eth9} is another device.
 */
class HostRulesTest {
    private static final String MAC = "52:54:00:00:12:53";
    private static final String OTHER = "52:54:00:00:12:99";
    private static final String NO_MAC = "00:00:00:00:00:00";
    private static final String TAP = "\"ifname\":\"tap9\",\"master\":\"br0\"";

    @TempDir
    private Path root;

    private String pf = "\"master\":\"br0\",\"operstate\":\"UP\"";
    private String bridge = "\"stp_state\":0,\"forward_delay\":1500";
    private String vf0 = NO_MAC;
    private String vf1 = MAC;
    private String vf0Settings = "\"spoofchk\":true,\"trust\":false";
    private String eth9 = OTHER;
    private String more = "";
    private String permanent = "";
    private String fixed = "";
    private String ethtool = "driver: ice\nfirmware-version: 4.2\n";
    private String libvirt = "libvirtd (libvirt) 9.0.0";
    private String qemu = "QEMU emulator version 7.2.9 (Debian 1:7.2)";

    @BeforeEach
    void boot() {
        folder("/sys/kernel/iommu_groups/1");
        device("0000:42:00.0", "0x020000", "ice");
        device("0000:42:02.4", "0x020000", "iavf");
        device("0000:42:02.5", "0x020000", "iavf");
        device("0000:07:00.0", "0x020000", "e1000e");
        device("0000:01:00.0", "0x010802", "nvme");
        netdev("0000:42:00.0", "ens4f0");
        netdev("0000:42:02.4", "ens4f0v0");
        netdev("0000:07:00.0", "eth9");
        for (String vf : List.of("0000:42:02.4", "0000:42:02.5")) {
            link("/sys/bus/pci/devices/" + vf + "/physfn", "/sys/bus/pci/devices/0000:42:00.0");
        }
        link("/sys/bus/pci/devices/0000:42:00.0/virtfn0", "/sys/bus/pci/devices/0000:42:02.4");
        link("/sys/bus/pci/devices/0000:42:00.0/virtfn1", "/sys/bus/pci/devices/0000:42:02.5");
        folder("/sys/class/net/br0/brif/ens4f0");
    }

    private void device(String address, String type, String driver) {
        folder("/sys/bus/pci/drivers/" + driver);
        folder("/sys/bus/pci/devices/" + address);
        write("/sys/bus/pci/devices/" + address + "/class", type);
        link("/sys/bus/pci/devices/" + address + "/driver", "/sys/bus/pci/drivers/" + driver);
    }

    private void netdev(String address, String name) {
        folder("/sys/bus/pci/devices/" + address + "/net/" + name + "/queues/rx-0");
        link("/sys/bus/pci/devices/" + address + "/net/" + name + "/device", "/sys/bus/pci/devices/" + address);
        link("/sys/class/net/" + name, "/sys/bus/pci/devices/" + address + "/net/" + name);
    }

    private Path path(String absolute) {
        return root.resolve(absolute.substring(1));
    }

    private void folder(String path) {
        try {
            Files.createDirectories(path(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String path, String text) {
        try {
            Files.writeString(path(path), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void link(String link, String target) {
        try {
            Files.createDirectories(path(link).getParent());
            Files.deleteIfExists(path(link));
            Files.createSymbolicLink(path(link), path(target));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String vf(int number, String mac, String settings) {
        return "{\"vf\":" + number + ",\"address\":\"" + mac + "\"," + settings + "}";
    }

    private HostView host() {
        String links =
                "[{\"ifname\":\"ens4f0\",\"mtu\":1500,\"address\":\"52:54:00:00:00:01\"," + pf + ",\"vfinfo_list\":["
                        + vf(0, vf0, vf0Settings) + "," + vf(1, vf1, "\"spoofchk\":true,\"trust\":true") + "]},"
                        + "{\"ifname\":\"br0\",\"mtu\":1500,\"operstate\":\"UP\",\"address\":\"52:54:00:00:00:01\","
                        + "\"linkinfo\":{\"info_kind\":\"bridge\",\"info_data\":{" + bridge + "}}},"
                        + "{\"ifname\":\"ens4f0v0\",\"mtu\":1500,\"operstate\":\"UP\"},{\"ifname\":\"eth9\",\"mtu\":1500,\"operstate\":\"UP\","
                        + "\"address\":\"" + eth9 + "\"}" + more + "]";
        return new HostView(
                root,
                new FakePrograms()
                        .answer("ip -j -d link show", 0, links)
                        .answer("bridge -j fdb show state permanent", 0, "[" + permanent + "]")
                        .answer("bridge -j fdb show state static", 0, "[" + fixed + "]")
                        .answer("ethtool -i ens4f0", 0, ethtool)
                        .answer("libvirtd --version", 0, libvirt)
                        .answer("qemu-system-x86_64 --version", 0, qemu));
    }

    private List<Finding> findings(String... documents) {
        return new Documents().with(documents).on(host()).findings();
    }

    private List<String> found() {
        return codes(Documents.HOSTDEV, Documents.BRIDGED_NET);
    }

    private List<String> codes(String... documents) {
        return findings(documents).stream()
                .map(each -> each.level().name().charAt(0) + " " + each.code())
                .toList();
    }

    @Test
    void shouldFindNothingOnAHostThatIsReady() {
        assertEquals(List.of(), findings(Documents.HOSTDEV, Documents.BRIDGED_NET));
        assertEquals(List.of(), findings(Documents.PLAIN, Documents.BRIDGED_NET));
        vf1 = NO_MAC;
        assertEquals(List.of(), findings(Documents.POOL, Documents.BRIDGED_NET, Documents.TRANSIENT_NET));
        pf = "\"operstate\":\"UP\"";
        assertEquals(List.of(), findings(Documents.POOL, Documents.PERSISTENT_NET, Documents.TRANSIENT_NET));
    }

    @Test
    void shouldLookAtTheDevice() {
        String at = "bus='0x42' slot='0x02' function='0x5'";
        assertTrue(codes(Documents.HOSTDEV.replace(at, "bus='0x43'"), Documents.BRIDGED_NET)
                .contains("E E6/H2"));
        assertTrue(codes(Documents.HOSTDEV.replace(at, "bus='0x01'"), Documents.BRIDGED_NET)
                .contains("E E6"));
        assertTrue(codes(Documents.HOSTDEV.replace(at, "bus='0x07'"), Documents.BRIDGED_NET)
                .contains("E E6"));
        assertTrue(codes(Documents.PLAIN.replace(at, "bus='0x07'"), Documents.BRIDGED_NET)
                .contains("W E6"));
    }

    /** As {@code probe mac-filter} writes it, of the PF. */
    private NicVerdicts measured(String verdicts, String use) throws IOException {
        Path file = Files.writeString(
                root.resolve("nics.json"),
                "{\"version\":1,\"verdicts\":[{\"nic\":{\"pci\":\"8086:1592\",\"driver\":\"ice\",\"firmware\":\"4.2\"},"
                        + "\"verdicts\":{" + verdicts + "},\"use\":" + use
                        + ",\"duplicates\":false,\"measured\":\"2026-01-31T12:00:00Z\"}]}");
        write("/sys/bus/pci/devices/0000:42:00.0/vendor", "0x8086");
        write("/sys/bus/pci/devices/0000:42:00.0/device", "0x1592");
        return VerdictFile.known(file);
    }

    private List<String> mends(NicVerdicts nics, String... documents) {
        return new Documents()
                .with(documents).knowing(nics).on(host()).findings().stream()
                        .map(each -> each.code() + " " + each.mend())
                        .toList();
    }

    @Test
    void shouldKnowAnIgbByItsName() {
        device("0000:42:00.0", "0x020000", "igb");
        assertEquals(List.of("W H8"), found());
        pf = "\"operstate\":\"UP\"";
        assertEquals(List.of(), codes(Documents.HOSTDEV, Documents.PERSISTENT_NET)); // a macvtap gets the frames
    }

    @Test
    void shouldSayWhatClosesTheHoleOfAMeasuredNic() throws IOException {
        String[] bridge = {Documents.HOSTDEV, Documents.BRIDGED_NET};
        String early = "\"bridge\":\"early-steal\",\"filter\":\"early-steal\",\"macvlan\":";
        assertEquals(List.of(), mends(measured("\"bridge\":\"make-before-break\"", "\"bridge\""), bridge));
        assertEquals(
                List.of("H8 bridge fdb add MAC dev PF self, while the VF's driver is not up"),
                mends(measured("\"bridge\":\"early-steal\",\"filter\":\"duplicate\"", "\"filter\""), bridge));
        assertEquals(
                List.of("H8 on this NIC macvtap in bridge mode over the PF loses none"),
                mends(measured(early + "\"duplicate\"", "\"macvlan\""), bridge));
        assertEquals(
                List.of("H8 another NIC: on this one each way loses frames"),
                mends(measured(early + "\"nowhere\"", "null"), bridge));
        // Only one way of a bridge was measured: of the other nothing is known.
        assertEquals(List.of(), mends(measured("\"bridge\":\"early-steal\"", "null"), bridge));
        ethtool = "driver: ice\nfirmware-version: 4.3\n";
        assertEquals(List.of(), mends(measured(early + "\"nowhere\"", "null"), bridge));
    }

    @Test
    void shouldSayWhatClosesTheHoleBelowMacvtap() throws IOException {
        pf = "\"operstate\":\"UP\"";
        String[] macvtap = {Documents.HOSTDEV, Documents.PERSISTENT_NET};
        String stolen = "\"macvlan\":\"early-steal\",\"bridge\":\"unmoved\",\"filter\":\"unmoved\"";
        assertEquals(
                List.of("H8 on this NIC a bridge over the PF loses none"),
                mends(measured(stolen, "\"bridge\""), macvtap));
        assertTrue(mends(measured(stolen, "\"filter\""), macvtap)
                .toString()
                .contains("a bridge loses none with bridge fdb"));
        assertEquals(List.of(), mends(measured("\"macvlan\":\"duplicate\"", "\"filter\""), macvtap));
    }

    /** A file goes before what twinport knows by itself. */
    @Test
    void shouldBelieveAFileMoreThanItself() throws IOException {
        device("0000:42:00.0", "0x020000", "igb");
        String[] bridge = {Documents.HOSTDEV, Documents.BRIDGED_NET};
        NicVerdicts nics = measured("\"bridge\":\"unmoved\"", "\"bridge\"");
        assertEquals(1, mends(nics, bridge).size(), "it is of another driver");
        Path file = root.resolve("nics.json");
        Files.writeString(file, Files.readString(file).replace("\"ice\"", "\"igb\""));
        assertEquals(List.of(), mends(VerdictFile.known(file), bridge));
    }

    @Test
    void shouldLookWhoHasTheVf() {
        device("0000:42:02.5", "0x020000", "vfio-pci");
        assertEquals(List.of("W H2"), found());
        assertEquals(List.of("W E12"), codes(Documents.HOSTDEV.replace(" managed='yes'", ""), Documents.BRIDGED_NET));
        device("0000:42:02.5", "0x020000", "iavf");
        assertEquals(
                List.of("W E12", "E E12"),
                codes(Documents.HOSTDEV.replace(" managed='yes'", ""), Documents.BRIDGED_NET));
    }

    @Test
    void shouldCountThePoolsFreeVfs() {
        vf1 = NO_MAC;
        device("0000:42:02.5", "0x020000", "vfio-pci");
        String[] pool = {Documents.POOL, Documents.BRIDGED_NET, Documents.TRANSIENT_NET};
        assertEquals(List.of(), codes(pool));
        device("0000:42:02.4", "0x020000", "vfio-pci");
        assertEquals(List.of("E H2"), codes(pool));
        assertTrue(findings(pool).getFirst().text().endsWith("all 2 are in use"));
        assertEquals(
                List.of("E H2", "E H2"),
                codes(Documents.POOL, Documents.BRIDGED_NET, Documents.TRANSIENT_NET.replace("ens4f0", "ens8")));
    }

    @Test
    void shouldLookAtTheIommuAndTheLink() throws IOException {
        Files.delete(path("/sys/kernel/iommu_groups/1"));
        assertEquals(List.of("E H3"), found());
        folder("/sys/kernel/iommu_groups/1");
        pf = "\"master\":\"br0\",\"operstate\":\"DOWN\"";
        assertEquals(List.of("E H4"), found());
    }

    @Test
    void shouldLookAtTheSettingsOfAPlainVf() {
        vf1 = OTHER;
        assertEquals(List.of("E E2/H6"), codes(Documents.PLAIN, Documents.BRIDGED_NET));
        assertEquals(List.of(), found()); // libvirt sets it
        vf1 = MAC + "\",\"vlan_list\":[{\"vlan\":42}],\"x\":\"";
        assertEquals(List.of("W H6"), codes(Documents.PLAIN, Documents.BRIDGED_NET));
    }

    @Test
    void shouldFindTheAddressElsewhere() {
        vf0 = MAC;
        assertEquals(List.of("E H7"), found());
        vf0 = NO_MAC;
        eth9 = MAC;
        assertEquals(List.of("E H7"), found());
        eth9 = OTHER;
        more = ",{\"ifname\":\"macvtap0\",\"address\":\"" + MAC + "\",\"linkinfo\":{\"info_kind\":\"macvtap\"}}";
        assertEquals(List.of("E H7"), found());
        // With macvtap as the standby's path that of a guest that runs is its own.
        pf = "\"operstate\":\"UP\"";
        assertEquals(
                List.of(), codes(Documents.HOSTDEV.replace("<domain ", "<domain id='1' "), Documents.PERSISTENT_NET));
    }

    /** After a crash the VF keeps it. */
    @Test
    void shouldFindTheAddressLeftInThePool() {
        assertEquals(List.of("E H7"), codes(Documents.POOL, Documents.BRIDGED_NET, Documents.TRANSIENT_NET));
        device("0000:42:02.5", "0x020000", "vfio-pci");
        assertEquals(List.of(), codes(Documents.POOL, Documents.BRIDGED_NET, Documents.TRANSIENT_NET));
    }

    @Test
    void shouldFindEntriesOfTheFdb() {
        permanent = "{\"mac\":\"" + MAC + "\"," + TAP + ",\"state\":\"permanent\"}";
        assertEquals(List.of("E H9"), found());
        assertTrue(findings(Documents.HOSTDEV, Documents.BRIDGED_NET)
                .getFirst()
                .effect()
                .startsWith("a black hole"));
        permanent = "";
        fixed = "{\"mac\":\"" + MAC + "\"," + TAP + ",\"state\":\"static\"}";
        assertEquals(List.of("W H9"), found());
        assertEquals(
                List.of(),
                codes(Documents.HOSTDEV.replace("<model", "<target dev='tap9'/><model"), Documents.BRIDGED_NET));
        fixed = "";
        permanent = "{\"mac\":\"" + MAC + "\",\"ifname\":\"ens4f0\",\"flags\":[\"self\"],\"state\":\"permanent\"},"
                + "{\"mac\":\"33:33:00:00:00:01\",\"ifname\":\"ens4f0\",\"state\":\"permanent\"}";
        assertEquals(List.of("W H9"), found());
        pf = "\"operstate\":\"UP\"";
        assertEquals(List.of(), codes(Documents.HOSTDEV, Documents.PERSISTENT_NET)); // macvtap makes such a one
    }

    @Test
    void shouldLookAtTheBridge() throws IOException {
        bridge = "\"stp_state\":1,\"forward_delay\":1500";
        assertEquals(List.of("W H5"), found());
        bridge = "\"stp_state\":1,\"forward_delay\":0";
        assertEquals(List.of(), found());
        assertEquals(
                List.of("W H11"),
                codes(Documents.HOSTDEV.replace("<model", "<mtu size='9000'/><model"), Documents.BRIDGED_NET));
        Files.delete(path("/sys/class/net/br0/brif/ens4f0"));
        folder("/sys/class/net/br0/brif/vnet0");
        assertEquals(List.of("E H5"), found());
        folder("/sys/class/net/br0/brif/eth9");
        assertEquals(List.of("W H5/E8"), found());
        assertEquals(List.of("E H5"), codes(Documents.HOSTDEV, Documents.BRIDGED_NET.replace("br0", "br7")));
    }

    @Test
    void shouldLookThroughVlansAndBonds() {
        folder("/sys/class/net/bond0.42");
        folder("/sys/class/net/bond0");
        write("/sys/class/net/bond0.42/lower_bond0", "");
        write("/sys/class/net/bond0/lower_ens4f0", "");
        write("/sys/class/net/bond0/lower_bond0.42", ""); // a circle
        try {
            Files.delete(path("/sys/class/net/br0/brif/ens4f0"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        folder("/sys/class/net/br0/brif/bond0.42");
        assertEquals(List.of(), found());
    }

    @Test
    void shouldLookAtAVfThatIsTheUplink() {
        folder("/sys/class/net/br0/brif/ens4f0v0");
        assertEquals(List.of("E H13"), found());
        vf0Settings = "\"spoofchk\":false,\"trust\":true";
        assertEquals(List.of(), found());
    }

    @Test
    void shouldLookBelowMacvtap() {
        assertEquals(List.of("E E9/H5"), codes(Documents.HOSTDEV, Documents.PERSISTENT_NET));
        assertEquals(List.of("E H5"), codes(Documents.HOSTDEV, Documents.PERSISTENT_NET.replace("ens4f0", "ens7")));
    }

    @Test
    void shouldCompareVersions() {
        libvirt = "libvirtd (libvirt) 6.0.0";
        qemu = "QEMU emulator version 4.1.0";
        assertEquals(List.of("E L8/H10", "E L8/H10"), found());
        libvirt = "libvirtd (libvirt) 7.0.0";
        qemu = "QEMU emulator version 6.1.1";
        assertEquals(List.of("W H10"), found());
        assertEquals(List.of("E L8/H10", "W H10"), codes(Documents.PLAIN, Documents.BRIDGED_NET));
    }

    @Test
    void shouldSayWhatCannotBeAsked() {
        HostView none = new HostView(root, new FakePrograms().answer("ip", 0, "no JSON"));
        List<String> found = new Documents()
                .with(Documents.HOSTDEV, Documents.BRIDGED_NET)
                .on(none)
                .found();
        assertEquals(List.of("warning H7 host", "warning H7 host"), found);
    }
}
