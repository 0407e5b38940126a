package io.twinport.control.host.teaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each fault is planted in documents that are as they should be, and is found: the rule, the place, the words. */
class TeamingCheckTest {
    private static final String STANDBY = "<teaming type='persistent'/>";
    private static final String PRIMARY = "<teaming type='transient' persistent='ua-backup0'/>";
    private static final String ALIAS = "<alias name='ua-backup0'/>";
    private static final String VF_SLOT = "bus='0x02' slot='0x00' function='0x0'";
    private static final String MAC = "<mac address='52:54:00:00:12:53'/>";
    private static final String NETWORK = "<source network='persistent-net'/>";
    private static final String THIRD = "<interface type='bridge'>" + MAC + "<source bridge='br1'/></interface>";

    /**
     * A fault.
     *
     * @param document what is spoilt
     * @param what is replaced, where it is last
     * @param found level and rules
     * @param at how what stands at the place begins
     * @param words of the text or the effect
     * @param isMended whether the copy that is mended has no finding
     */
    private record Fault(
            String name,
            String document,
            String what,
            String with,
            String found,
            String at,
            String words,
            boolean isMended) {
        String text() {
            int from = document.lastIndexOf(what);
            assertTrue(from >= 0, name + ": there is no " + what);
            return document.substring(0, from) + with + document.substring(from + what.length());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Fault fault(
            String name, String what, String with, String found, String at, String words, boolean isMended) {
        return new Fault(name, Documents.HOSTDEV, what, with, found, at, words, isMended);
    }

    static Stream<Fault> faults() {
        String first = "<interface type='network'>";
        return Stream.of(
                // What libvirt and QEMU accept silently.
                fault(
                        "MAC addresses differ",
                        "12:53'/>",
                        "12:54'/>",
                        "error E2",
                        "<mac address='52:54:00:00:12:54'",
                        "differ",
                        true),
                fault(
                        "primary names nobody",
                        "persistent='ua-backup0'",
                        "persistent='ua-nobody'",
                        "error E1",
                        "<teaming type='transient'",
                        "no interface has this alias",
                        true),
                fault(
                        "no alias on the standby",
                        ALIAS,
                        "",
                        "error E1",
                        "<teaming type='transient'",
                        "no interface has this alias",
                        true),
                fault(
                        "alias without ua-",
                        ALIAS,
                        "<alias name='backup0'/>",
                        "error E1",
                        "<teaming type='transient'",
                        "no interface has this alias",
                        true),
                fault(
                        "user network",
                        first + "\n      " + MAC + "\n      " + NETWORK,
                        "<interface type='user'>" + MAC,
                        "error E7",
                        "<interface type='user'",
                        "another network",
                        false),
                fault(
                        "passt",
                        first + "\n      " + MAC + "\n      " + NETWORK,
                        "<interface type='user'><backend type='passt'/>" + MAC,
                        "error E7",
                        "<interface type='user'",
                        "passt",
                        false),
                fault("no ACPI", "<acpi/>", "", "error E11/G2", "<features", "wait-unplug", true),
                fault(
                        "primary at function 1",
                        VF_SLOT,
                        "bus='0x02' slot='0x00' function='0x1'",
                        "error E5",
                        "<address type='pci' domain='0x0000' bus='0x02'",
                        "its own PCI slot",
                        true),
                fault(
                        "primary's slot with several functions",
                        VF_SLOT,
                        VF_SLOT + " multifunction='on'",
                        "error E5",
                        "<address",
                        "several functions",
                        true),
                fault(
                        "standby's link down",
                        "<model type='virtio'/>",
                        "<model type='virtio'/><link state='down'/>",
                        "warning F3",
                        "<link",
                        "link is down",
                        true),
                fault(
                        "a third NIC with the address",
                        "</devices>",
                        THIRD + "</devices>",
                        "error E2",
                        "<mac",
                        "the two are no pair",
                        false),
                fault(
                        "primary on pcie.0",
                        VF_SLOT,
                        "bus='0x00' slot='0x05' function='0x0'",
                        "error E5",
                        "<address",
                        "does not support hotplugging",
                        true),
                fault(
                        "primary on a PCI bridge",
                        VF_SLOT,
                        "bus='0x03' slot='0x05' function='0x0'",
                        "error E5",
                        "<address",
                        "must be on PCIExpress bus",
                        true),
                fault(
                        "root port without hotplug",
                        "<controller type='pci' index='2' model='pcie-root-port'/>",
                        "<controller type='pci' index='2' model='pcie-root-port'><target hotplug='off'/></controller>",
                        "error E5",
                        "<address",
                        "hotplug='off'",
                        true),
                fault(
                        "both in one slot",
                        VF_SLOT,
                        "bus='0x01' slot='0x00' function='0x0'",
                        "error E5",
                        "<address",
                        "shares its slot with the <interface>",
                        true),
                fault(
                        "two primaries",
                        "</devices>",
                        "<interface type='hostdev' managed='yes'>" + MAC
                                + "<source><address type='pci' bus='0x42' slot='0x02' function='0x6'/></source>"
                                + PRIMARY + "</interface></devices>",
                        "error E3",
                        "<teaming type='transient'",
                        "Cannot attach more than one primary",
                        false),
                fault(
                        "macvtap without a mode",
                        first + "\n      " + MAC + "\n      " + NETWORK,
                        "<interface type='direct'>" + MAC + "<source dev='ens4f0'/>",
                        "warning E9",
                        "<source dev",
                        "libvirt's choice",
                        true),
                fault(
                        "private macvtap",
                        first + "\n      " + MAC + "\n      " + NETWORK,
                        "<interface type='direct'>" + MAC + "<source dev='ens4f0' mode='private'/>",
                        "error E9",
                        "<source dev",
                        "private mode",
                        true),
                fault(
                        "passthrough macvtap",
                        first + "\n      " + MAC + "\n      " + NETWORK,
                        "<interface type='direct'>" + MAC + "<source dev='ens4f0' mode='passthrough'/>",
                        "error E9",
                        "<source dev",
                        "passthrough mode",
                        true),
                fault(
                        "libvirt's bridge",
                        first + "\n      " + MAC + "\n      " + NETWORK,
                        "<interface type='bridge'>" + MAC + "<source bridge='virbr0'/>",
                        "error E7",
                        "<source bridge",
                        "libvirt's own",
                        false),
                fault(
                        "a socket to another guest",
                        first + "\n      " + MAC + "\n      " + NETWORK,
                        "<interface type='mcast'>" + MAC + "<source address='230.0.0.1' port='5558'/>",
                        "error E7",
                        "<interface type='mcast'",
                        "of type 'mcast'",
                        false),
                fault(
                        "libvirt's own network, not given",
                        NETWORK,
                        "<source network='default'/>",
                        "warning E7",
                        "<source",
                        "as libvirt comes it is NAT",
                        false),
                fault(
                        "no managed",
                        " managed='yes'",
                        "",
                        "warning E12",
                        "<interface type='hostdev'",
                        "managed='yes'",
                        true),
                fault(
                        "no MAC address at the VF",
                        MAC + "\n      <source>",
                        "<source>",
                        "error E2",
                        "<interface type='hostdev'",
                        "the primary has no <mac>",
                        true),
                fault(
                        "no MAC address at the standby",
                        MAC + "\n      " + NETWORK,
                        NETWORK,
                        "error E2",
                        "<interface type='network'",
                        "the standby has no <mac>",
                        true),
                fault(
                        "VLAN of the VF only",
                        PRIMARY,
                        PRIMARY + "<vlan><tag id='42'/></vlan>",
                        "warning H4/H6",
                        "<source network",
                        "VLAN '42'",
                        false),
                fault("standby that none names", PRIMARY, "", "error E2", "<mac", "the two are no pair", false),
                fault("the primary names itself", ALIAS, "", "error E1", "<teaming type='transient'", "", true),
                fault(
                        "an MTU of the VF only",
                        PRIMARY,
                        PRIMARY + "<mtu size='9000'/>",
                        "warning H11",
                        "<mtu",
                        "too long for the standby",
                        false),
                fault(
                        "another device of the host",
                        "</devices>",
                        "<hostdev mode='subsystem' type='pci' managed='yes'><source><address bus='0x65'/></source></hostdev></devices>",
                        "warning L9",
                        "<hostdev",
                        "cannot be migrated",
                        false),
                fault(
                        "the VF twice",
                        "</devices>",
                        "<hostdev mode='subsystem' type='pci'><source><address bus='0x42' slot='0x02' function='0x5'/></source></hostdev></devices>",
                        "error E6",
                        "<address bus='0x42'",
                        "is there twice",
                        false),
                fault(
                        "an old guest",
                        "<os>",
                        "<metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'><l:os id='http://redhat.com/rhel/7.9'/></l:libosinfo></metadata><os>",
                        "warning G4",
                        "<l:os",
                        "older than net_failover",
                        false),
                // What libvirt refuses.
                fault(
                        "no persistent=",
                        " persistent='ua-backup0'",
                        "",
                        "error E1/L1",
                        "<teaming type='transient'",
                        "persistent attribute must be set",
                        true),
                fault(
                        "persistent= at the standby",
                        STANDBY,
                        "<teaming type='persistent' persistent='ua-x'/>",
                        "error L2",
                        "<teaming type='persistent'",
                        "not allowed",
                        true),
                fault(
                        "another type",
                        STANDBY,
                        "<teaming type='other'/>",
                        "error L3",
                        "<teaming type='other'",
                        "the type 'other'",
                        false),
                fault(
                        "no virtio",
                        "<model type='virtio'/>",
                        "<model type='e1000e'/>",
                        "error E4/L6",
                        "<model",
                        "'e1000e'",
                        true),
                fault("no model", "<model type='virtio'/>", "", "error E4/L6", "<interface", "no <model>", true),
                fault(
                        "a machine without PCI Express",
                        "pc-q35-7.2",
                        "pc-i440fx-7.2",
                        "error E5",
                        "<type",
                        "without PCI Express",
                        false),
                fault("no machine", " machine='pc-q35-7.2'", "", "error E5", "<type", "libvirt takes pc", false),
                fault(
                        "no address at all",
                        MAC,
                        "<mac address='52:54:00:00:12'/>",
                        "error E2",
                        "<mac",
                        "is no MAC address",
                        true),
                fault(
                        "a group's address",
                        MAC,
                        "<mac address='53:54:00:00:12:53'/>",
                        "error E2",
                        "<mac",
                        "a multicast address",
                        true),
                fault("no address", MAC, "<mac address='00:00:00:00:00:00'/>", "error E2", "<mac", "all zero", true),
                fault(
                        "not on PCI",
                        "<address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>",
                        "<address type='virtio-mmio'/>",
                        "error E4",
                        "<address type='virtio-mmio'",
                        "no PCI device",
                        false),
                fault(
                        "an alias twice",
                        "</devices>",
                        "<disk><alias name='ua-backup0'/></disk></devices>",
                        "error E1",
                        "<alias",
                        "is there twice",
                        false),
                fault(
                        "no device of the host",
                        "<address type='pci' domain='0x0000' bus='0x42' slot='0x02' function='0x5'/>",
                        "",
                        "error E6",
                        "<source>",
                        "which device",
                        false),
                new Fault(
                        "transient of another type",
                        Documents.POOL,
                        "<interface type='network'>",
                        "<interface type='ethernet'>",
                        "error L7",
                        "<interface type='ethernet'",
                        "must be type='hostdev'",
                        false),
                new Fault(
                        "plain without persistent=",
                        Documents.PLAIN,
                        " persistent='ua-backup0'",
                        "",
                        "error E1/L4",
                        "<teaming",
                        "missing required persistent",
                        true),
                new Fault(
                        "plain of another type",
                        Documents.PLAIN,
                        "type='transient'",
                        "type='persistent'",
                        "error L3",
                        "<teaming",
                        "must have type='transient'",
                        false),
                new Fault(
                        "plain and no PCI",
                        Documents.PLAIN,
                        "type='pci' managed",
                        "type='usb' managed",
                        "error L5",
                        "<hostdev",
                        "only supported for pci",
                        false));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void shouldFindWhatIsPlanted(Fault fault) {
        String text = fault.text();
        List<Finding> findings = new Documents().with(text).findings();
        List<Finding> found = findings.stream()
                .filter(each -> Documents.text(each).startsWith(fault.found() + " "))
                .filter(each -> from(text, each).startsWith(fault.at()))
                .filter(each -> (each.text() + each.effect()).contains(fault.words()))
                .toList();
        assertTrue(!found.isEmpty(), () -> text + "\n" + findings);
        if (fault.isMended()) {
            String mended = Documents.mended(text);
            assertEquals(List.of(), new Documents().with(mended).found(), mended);
        }
    }

    /** What stands in a text at the place of a finding. */
    private static String from(String text, Finding finding) {
        String[] place = finding.where().split(":", -1);
        String[] lines = text.split("\n", -1);
        int line = Integer.parseInt(place[1]) - 1;
        return String.join("\n", Arrays.asList(lines).subList(line, lines.length))
                .substring(Integer.parseInt(place[2]) - 1);
    }

    static Stream<List<String>> good() {
        String bridge = Documents.HOSTDEV
                .replace("<interface type='network'>", "<interface type='bridge'>")
                .replace(NETWORK, "<source bridge='br0'/>");
        return Stream.of(
                List.of(Documents.HOSTDEV),
                List.of(Documents.HOSTDEV, Documents.PERSISTENT_NET),
                List.of(Documents.HOSTDEV, Documents.BRIDGED_NET),
                List.of(Documents.POOL, Documents.PERSISTENT_NET, Documents.TRANSIENT_NET),
                List.of(Documents.POOL, Documents.BRIDGED_NET, Documents.TRANSIENT_NET),
                List.of(Documents.PLAIN, Documents.BRIDGED_NET),
                List.of(bridge),
                // Open vSwitch, on a bridge and as a network.
                List.of(bridge.replace(
                        "<source bridge='br0'/>", "<source bridge='ovsbr0'/><virtualport type='openvswitch'/>")),
                List.of(
                        Documents.HOSTDEV,
                        Documents.BRIDGED_NET.replace("</name>", "</name><virtualport type='openvswitch'/>")),
                // libvirt adds the root ports itself; numbers may be decimal; a MAC address in capitals.
                List.of(Documents.HOSTDEV
                        .replaceAll("<controller.*/>\n", "")
                        .replaceAll("\n *<address type='pci' domain='0x0000' bus='0x0[12]'.*/>", "")),
                List.of(Documents.HOSTDEV
                        .replace("bus='0x02'", "bus='2'")
                        .replaceFirst("52:54:00:00:12:53", "52:54:0:0:12:53")),
                List.of(Documents.HOSTDEV.replace("52:54:00:00:12:53", "52:54:00:aa:BB:53")),
                // The other way about; other models of virtio; machines of other names.
                List.of(Documents.HOSTDEV.replace("<model type='virtio'/>", "<model type='virtio-non-transitional'/>")),
                List.of(Documents.HOSTDEV.replace("pc-q35-7.2", "q35")),
                List.of(Documents.HOSTDEV.replace("pc-q35-7.2", "pc-q35-rhel9.4.0")),
                List.of(Documents.HOSTDEV
                        .replace("arch='x86_64' machine='pc-q35-7.2'", "arch='aarch64' machine='virt-7.2'")
                        .replace("<model type='virtio'/>", "")),
                // A VLAN on both, and one below the bridge.
                List.of(bridge.replace(STANDBY, STANDBY + "<vlan><tag id='42'/></vlan>")
                        .replace(PRIMARY, PRIMARY + "<vlan><tag id='42'/></vlan>")),
                List.of(bridge.replace("'br0'", "'br42'").replace(PRIMARY, PRIMARY + "<vlan><tag id='42'/></vlan>")),
                List.of(
                        Documents.HOSTDEV.replace(PRIMARY, PRIMARY + "<vlan><tag id='42'/></vlan>"),
                        Documents.PERSISTENT_NET.replace("ens4f0", "ens4f0.42")),
                // Standbys that others connect.
                List.of(Documents.HOSTDEV
                        .replace("<interface type='network'>", "<interface type='vhostuser'>")
                        .replace(NETWORK, "<source type='unix' path='/run/s.sock' mode='server'/>")),
                List.of(Documents.HOSTDEV
                        .replace("<interface type='network'>", "<interface type='ethernet'>")
                        .replace(NETWORK, "")),
                // A domain that has no pair, of any kind.
                List.of("<domain type='lxc'><name>c</name></domain>"),
                List.of("<domain/>"),
                List.of(
                        "<domain type='kvm'><devices><interface type='user'/><interface type='network'><source network='default'/>"
                                + "</interface></devices></domain>"));
    }

    @ParameterizedTest
    @MethodSource("good")
    void shouldFindNothingInWhatWorks(List<String> documents) {
        assertEquals(
                List.of(),
                new Documents().with(documents.toArray(String[]::new)).findings());
    }

    /** The example of the kernel's documentation: its standby's link is down, on purpose. */
    @Test
    void shouldWarnOfTheKernelsExampleOnly() {
        String example = Documents.HOSTDEV.replace(STANDBY, STANDBY + "<link state='down'/>");
        assertEquals(
                List.of("warning F3 vm.xml:14:35"),
                new Documents().with(example).found());
    }

    @Test
    void shouldTellPairsApart() {
        String pair = Documents.HOSTDEV.substring(
                Documents.HOSTDEV.indexOf("    <interface"), Documents.HOSTDEV.indexOf("  </devices>"));
        String second = pair.replace("ua-backup0", "ua-backup1")
                .replace("12:53", "12:54")
                .replace("bus='0x01'", "bus='0x04'")
                .replace("bus='0x02'", "bus='0x05'")
                .replace("function='0x5'", "function='0x6'");
        String two = Documents.HOSTDEV.replace("  </devices>", second + "  </devices>");
        assertEquals(List.of(), new Documents().with(two).findings());
        // Crossed: each primary has the other's address.
        String crossed = two.replace("persistent='ua-backup0'", "persistent='ua-x'")
                .replace("persistent='ua-backup1'", "persistent='ua-backup0'")
                .replace("persistent='ua-x'", "persistent='ua-backup1'");
        List<String> found = new Documents().with(crossed).found();
        assertEquals(
                2, found.stream().filter(each -> each.startsWith("error E2")).count() / 2, found::toString);
        String one = two.replace("persistent='ua-backup1'", "persistent='ua-backup0'")
                .replace("function='0x6'", "function='0x7'");
        assertTrue(new Documents().with(one).found().stream().anyMatch(each -> each.startsWith("error E3")), one);
    }

    /** libvirt gives names that it counts anew at each start. */
    @Test
    void shouldWarnOfAnAliasThatLibvirtChose() {
        String counted = Documents.HOSTDEV.replace("'ua-backup0'", "'net0'");
        assertEquals(
                List.of("warning E10 vm.xml:15:7"),
                new Documents().with(counted).found());
        String wrong = Documents.HOSTDEV.replace("'ua-backup0'", "'net1'");
        assertEquals(
                List.of("error E10 vm.xml:15:7"), new Documents().with(wrong).found());
        String live = wrong.replace("<domain ", "<domain id='3' ");
        assertEquals(
                List.of("warning E10 vm.xml:15:7"), new Documents().with(live).found());
        for (String text : List.of(counted, wrong, live)) {
            assertEquals(List.of(), new Documents().with(Documents.mended(text)).findings());
        }
    }

    /** Emulated devices become a pair by QEMU's own property. */
    @Test
    void shouldKnowPairsOfAnOverride() {
        String override = Documents.HOSTDEV
                .replace(
                        "<interface type='hostdev' managed='yes'>", "<interface type='ethernet'><model type='e1000e'/>")
                .replaceFirst("(?s)<source>.*?</source>", "")
                .replace(PRIMARY, "<alias name='ua-vf'/>")
                .replace(
                        "</domain>",
                        "<qemu:override><qemu:device alias='ua-vf'><qemu:frontend><qemu:property"
                                + " name='failover_pair_id' type='string' value='ua-backup0'/></qemu:frontend></qemu:device>"
                                + "</qemu:override></domain>");
        assertEquals(List.of(), new Documents().with(override).findings());
        assertEquals(
                List.of("error E1"),
                new Documents()
                        .with(override.replace("value='ua-backup0'", "value='ua-x'")).found().stream()
                                .filter(each -> each.startsWith("error"))
                                .map(each -> each.substring(0, 8))
                                .toList());
        assertTrue(new Documents()
                .with(override.replaceFirst("12:53", "12:54"))
                .found()
                .getFirst()
                .startsWith("error E2"));
    }

    /** libvirt does not know such a device. */
    @Test
    void shouldKnowPrimariesOfACommandLine() {
        String alone = Documents.HOSTDEV.replaceFirst("(?s)<interface type='hostdev'.*?</interface>", "");
        for (String argument : List.of(
                "e1000e,bus=pci.2,failover_pair_id=ua-backup0,mac=52:54:00:00:12:53",
                "{&quot;driver&quot;:&quot;e1000e&quot;,&quot;failover_pair_id&quot;: &quot;ua-backup0&quot;}")) {
            String line = "<qemu:commandline><qemu:arg value='-device'/><qemu:arg value='" + argument
                    + "'/></qemu:commandline></domain>";
            String pair = alone.replace("</domain>", line);
            assertEquals(List.of(), errors(pair));
            assertEquals(List.of("error E1"), errors(pair.replace("ua-backup0'", "ua-x'")));
            assertEquals(List.of("error E3"), errors(Documents.HOSTDEV.replace("</domain>", line)));
        }
    }

    private static List<String> errors(String text) {
        return new Documents()
                .with(text).found().stream()
                        .filter(each -> each.startsWith("error"))
                        .map(each -> each.substring(0, 8))
                        .toList();
    }

    /** Of what does not grow with the square of its size, or is bounded. */
    @Test
    void shouldTakeManyInterfacesInShortTime() {
        String nic = "<interface type='network'><mac address='52:54:00:00:12:53'/><teaming type='%s'%s/></interface>";
        String all = nic.formatted("persistent", "").repeat(250)
                + nic.formatted("transient", " persistent='net300'").repeat(250)
                + "<disk><address type='pci' bus='1'/></disk>".repeat(20_000);
        assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> new Documents()
                        .with("<domain><devices>" + all + "</devices></domain>")
                        .findings());
        assertThrows(
                UserException.class,
                () -> new Documents().with("<domain><devices>" + "<interface/>".repeat(501) + "</devices></domain>"));
    }

    /** While a domain runs its document says more of its networks. */
    @Test
    void shouldKnowTheNetworkOfADomainThatRuns() {
        String live = Documents.HOSTDEV.replace("<domain ", "<domain id='3' ");
        String source = "<source network='persistent-net'";
        assertEquals(List.of("error E7"), errors(live.replace(source, source + " portid='x' bridge='virbr0'")));
        assertEquals(List.of(), errors(live.replace(source, source + " portid='x' bridge='br0'")));
        assertEquals(List.of("error E9"), errors(live.replace(source, source + " dev='a' mode='private'")));
        assertEquals(List.of(), errors(live.replace(source, source + " dev='a' mode='bridge'")));
    }

    @Test
    void shouldNoteWhatTheDocumentsDoNotTell() {
        assertEquals(
                List.of("note G1/G2/G3 vm.xml:1:1", "note H1 vm.xml:12:7", "note E2 vm.xml:18:5"),
                new Documents()
                        .with(Documents.PLAIN).notes().stream()
                                .map(Documents::text)
                                .toList());
    }

    @Test
    void shouldFindOneAddressInTwoDomains() {
        String other = Documents.HOSTDEV.replace("vm01", "vm02");
        assertEquals(
                List.of("warning E2 n1.xml:11:7", "warning E6/H2 n1.xml:21:9"),
                new Documents()
                        .with(Documents.HOSTDEV, other).found().stream()
                                .distinct()
                                .toList());
        assertEquals(
                List.of(),
                new Documents().with(Documents.HOSTDEV, Documents.HOSTDEV).findings());
    }

    @Test
    void shouldBeInTheReadmeWithEachRule() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        for (Rule rule : Rule.values()) {
            assertTrue(
                    readme.contains("| " + rule + " | " + rule.text()),
                    () -> "control/README.md: | " + rule + " | " + rule.text() + " | ... |");
        }
    }
}
