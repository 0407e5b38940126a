package io.twinport.control.host.teaming;

import io.twinport.control.host.HostView;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.host.xml.LibvirtSchemas;
import io.twinport.control.host.xml.XmlDocument;
import io.twinport.control.host.xml.XmlEdit;
import io.twinport.control.host.xml.XmlReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Documents that are as they should be, for a test to spoil; and what is found in some. */
final class Documents {
    /** A pair: a VF by its address, and a standby by a network. */
    static final String HOSTDEV = """
            <domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
              <name>vm01</name>
              <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
              <features><acpi/></features>
              <devices>
                <controller type='pci' index='0' model='pcie-root'/>
                <controller type='pci' index='1' model='pcie-root-port'/>
                <controller type='pci' index='2' model='pcie-root-port'/>
                <controller type='pci' index='3' model='pcie-to-pci-bridge'/>
                <interface type='network'>
                  <mac address='52:54:00:00:12:53'/>
                  <source network='persistent-net'/>
                  <model type='virtio'/>
                  <teaming type='persistent'/>
                  <alias name='ua-backup0'/>
                  <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
                </interface>
                <interface type='hostdev' managed='yes'>
                  <mac address='52:54:00:00:12:53'/>
                  <source>
                    <address type='pci' domain='0x0000' bus='0x42' slot='0x02' function='0x5'/>
                  </source>
                  <teaming type='transient' persistent='ua-backup0'/>
                  <address type='pci' domain='0x0000' bus='0x02' slot='0x00' function='0x0'/>
                </interface>
              </devices>
            </domain>
            """;

    private static final String FIRST = "<interface type='hostdev' managed='yes'>";

    /** The same with a VF of a pool. */
    static final String POOL = HOSTDEV.replaceFirst(
            "(?s)" + FIRST + ".*?</source>",
            "<interface type='network'>\n      <mac address='52:54:00:00:12:53'/>\n"
                    + "      <source network='transient-net'/>\n      <model type='virtio'/>");

    /** The same with the VF as a device of the host that libvirt does not know for a network device. */
    static final String PLAIN = HOSTDEV.replaceFirst(
                    "(?s)" + FIRST + "\\s*<mac[^>]*>", "<hostdev mode='subsystem' type='pci' managed='yes'>")
            .replaceFirst("(?s)</interface>(\\s*</devices>)", "</hostdev>$1");

    static final String PERSISTENT_NET = """
            <network>
              <name>persistent-net</name>
              <forward mode='bridge'>
                <interface dev='ens4f0'/>
              </forward>
            </network>
            """;

    static final String BRIDGED_NET = """
            <network>
              <name>persistent-net</name>
              <forward mode='bridge'/>
              <bridge name='br0'/>
            </network>
            """;

    static final String TRANSIENT_NET = """
            <network>
              <name>transient-net</name>
              <forward mode='hostdev' managed='yes'>
                <pf dev='ens4f0'/>
              </forward>
            </network>
            """;

    private static final LibvirtSchemas NO_SCHEMAS = new LibvirtSchemas(Path.of("/nonexistent"));

    private final TeamingCheck check = new TeamingCheck();
    private NicVerdicts nics = NicVerdicts.BUILT_IN;
    private Optional<HostView> host = Optional.empty();
    private int count;

    static XmlDocument read(String name, String text) {
        return XmlReader.read(name, text.getBytes(StandardCharsets.UTF_8));
    }

    Documents with(String... texts) {
        for (String text : texts) {
            check.add(read((count++ == 0 ? "vm" : "n" + (count - 1)) + ".xml", text));
        }
        return this;
    }

    Documents target(String... texts) {
        check.setTarget();
        for (String text : texts) {
            check.addTarget(read("t" + count++ + ".xml", text));
        }
        return this;
    }

    /** With all networks there are. */
    Documents complete() {
        check.setAllNetworks();
        return this;
    }

    Documents knowing(NicVerdicts known) {
        nics = known;
        return this;
    }

    Documents on(HostView view) {
        host = Optional.of(view);
        return this;
    }

    /** All that is found but notes. */
    List<Finding> findings() {
        return check.check(NO_SCHEMAS, host, nics).stream()
                .filter(finding -> finding.level() != Level.NOTE)
                .toList();
    }

    List<Finding> notes() {
        return check.check(NO_SCHEMAS, host, nics).stream()
                .filter(finding -> finding.level() == Level.NOTE)
                .toList();
    }

    /** Level, rules and place of what is found. */
    List<String> found() {
        return findings().stream().map(Documents::text).toList();
    }

    static String text(Finding finding) {
        return finding.level().name().toLowerCase(Locale.ROOT) + " " + finding.code() + " " + finding.where();
    }

    /** The first document with all in it mended that can be. */
    static String mended(String domain, String... others) {
        Documents documents = new Documents().with(domain).with(others);
        List<XmlEdit> edits = new ArrayList<>();
        documents
                .findings()
                .forEach(finding -> finding.edits().stream()
                        .filter(edit -> edit.document().name().equals("vm.xml"))
                        .forEach(edits::add));
        return edits.isEmpty() ? domain : XmlEdit.apply(edits.getFirst().document(), edits);
    }
}
