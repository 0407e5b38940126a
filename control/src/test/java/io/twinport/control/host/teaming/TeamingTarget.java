package io.twinport.control.host.teaming;

import io.twinport.control.fuzz.Draw;
import io.twinport.control.fuzz.FuzzTarget;
import io.twinport.control.host.NicVerdicts;
import io.twinport.control.host.xml.LibvirtSchemas;
import io.twinport.control.host.xml.XmlDocument;
import io.twinport.control.host.xml.XmlEdit;
import io.twinport.control.host.xml.XmlReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Domains and networks of libvirt, one behind the other: each is read and checked, and what is mended can be read again. */
public final class TeamingTarget implements FuzzTarget {
    /** Between the documents of an input. */
    private static final String NEXT = "\u0000";

    private static final int MOST = 6;

    private static final LibvirtSchemas NO_SCHEMAS = new LibvirtSchemas(Path.of("/nonexistent"));

    private static final List<String> TYPES =
            List.of("network", "network", "bridge", "direct", "hostdev", "user", "ethernet", "mcast", "null", "");
    private static final List<String> NAMES =
            List.of("ua-0", "ua-1", "ua-0", "net0", "backup", "", "ua-&amp;", "\u202e");
    private static final List<String> NUMBERS =
            List.of("0", "1", "0x02", "0x1f", "7", "-1", "0x", "99999999999999999999", "08", "2", "");
    private static final List<String> MACS = List.of(
            "52:54:00:00:12:53", "52:54:0:0:12:53", "00:00:00:00:00:00", "53:54:00:00:12:53", "x", "52:54:00:00:12:54");
    private static final List<String> MODES =
            List.of("bridge", "nat", "hostdev", "private", "vepa", "passthrough", "route", "open", "none", "other");

    @Override
    public List<byte[]> seeds() {
        return Stream.of(
                        String.join(
                                NEXT,
                                Documents.POOL,
                                Documents.PERSISTENT_NET,
                                Documents.TRANSIENT_NET,
                                Documents.BRIDGED_NET),
                        String.join(NEXT, Documents.HOSTDEV, Documents.BRIDGED_NET),
                        Documents.PLAIN,
                        "<?xml version='1.0' encoding='UTF-8'?><!-- --><domain xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
                                + "<devices><interface/></devices><q:override><q:device alias='ua-0'><q:frontend><q:property"
                                + " name='failover_pair_id' value='ua-1'/></q:frontend></q:device></q:override></domain>",
                        "<!DOCTYPE d [<!ENTITY x 'x'>]><domain>&x;</domain>",
                        "<domain>" + "<a>".repeat(100),
                        "<network><![CDATA[<name>]]><name>&#65;</name></network>")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public Optional<byte[]> draw(Random random) {
        Draw draw = new Draw(random);
        String nics = Stream.generate(() -> nic(draw)).limit(draw.upTo(4)).collect(Collectors.joining());
        String domain = "<domain" + some(draw, "id", NUMBERS) + "><name>a</name><os><type"
                + some(draw, "arch", List.of("x86_64", "aarch64", "s390x"))
                + some(draw, "machine", List.of("q35", "pc", "virt", "pc-q35-7.2", "x")) + ">hvm</type></os>"
                + (draw.once(2) ? "<features><acpi/></features>" : "") + "<devices>" + controller(draw) + nics
                + "</devices></domain>";
        return Optional.of(
                (domain + NEXT + network(draw, "a") + NEXT + network(draw, "b")).getBytes(StandardCharsets.UTF_8));
    }

    private static String some(Draw draw, String attribute, List<String> values) {
        return draw.once(4) ? "" : " " + attribute + "='" + draw.of(values) + "'";
    }

    private static String address(Draw draw) {
        return "<address" + some(draw, "type", List.of("pci", "pci", "virtio-mmio", "ccw")) + some(draw, "bus", NUMBERS)
                + some(draw, "slot", NUMBERS) + some(draw, "function", NUMBERS)
                + (draw.once(5) ? " multifunction='on'" : "") + "/>";
    }

    private static String controller(Draw draw) {
        return draw.some(
                3,
                List.of(
                        "<controller type='pci' index='1' model='pcie-root-port'/>",
                        "<controller type='pci' index='2' model='pci-bridge'/>",
                        "<controller type='pci' index='0x1' model='pcie-root-port'><target hotplug='off'/></controller>"),
                "\n");
    }

    private static String nic(Draw draw) {
        String name = draw.once(6) ? "hostdev" : "interface";
        return "\n  <" + name + some(draw, "type", TYPES) + some(draw, "mode", List.of("subsystem", "capabilities"))
                + some(draw, "managed", List.of("yes", "no")) + ">"
                + (draw.once(4) ? "" : "<mac" + some(draw, "address", MACS) + "/>")
                + "<source" + some(draw, "network", List.of("a", "b", "c", "default"))
                + some(draw, "bridge", List.of("br0", "virbr0", "br42")) + some(draw, "dev", List.of("eth0", "eth0.42"))
                + some(draw, "mode", MODES) + ">" + address(draw) + "</source>"
                + (draw.once(3) ? "" : "<model" + some(draw, "type", List.of("virtio", "e1000e")) + "/>")
                + (draw.once(4)
                        ? ""
                        : "<teaming" + some(draw, "type", List.of("persistent", "transient", "transient", "x"))
                                + some(draw, "persistent", NAMES) + "/>")
                + (draw.once(3) ? "" : "<alias" + some(draw, "name", NAMES) + "/>")
                + (draw.once(3) ? "" : address(draw))
                + (draw.once(5) ? "<vlan><tag" + some(draw, "id", NUMBERS) + "/></vlan>" : "")
                + (draw.once(5) ? "<link state='down'/>" : "") + "</" + name + ">";
    }

    private static String network(Draw draw, String name) {
        return "<network><name>" + name + "</name>"
                + (draw.once(5)
                        ? ""
                        : "<forward" + some(draw, "mode", MODES) + some(draw, "dev", List.of("eth0", "eth1")) + ">"
                                + draw.some(
                                        2,
                                        List.of(
                                                "<pf dev='eth0'/>",
                                                "<interface dev='eth1'/>",
                                                "<address type='pci' bus='1'/>"),
                                        "")
                                + "</forward>")
                + (draw.once(2) ? "<bridge" + some(draw, "name", List.of("br0", "virbr0")) + "/>" : "") + "</network>";
    }

    @Override
    public void read(byte[] input) {
        List<Finding> findings = check(new String(input, StandardCharsets.ISO_8859_1).split(NEXT, MOST));
        findings.stream()
                .flatMap(finding -> finding.edits().stream())
                .collect(Collectors.groupingBy(XmlEdit::document))
                .forEach(TeamingTarget::mend);
    }

    private static List<Finding> check(String... texts) {
        TeamingCheck check = new TeamingCheck();
        for (int i = 0; i < texts.length; i++) {
            XmlDocument document = XmlReader.read("d" + i + ".xml", texts[i].getBytes(StandardCharsets.ISO_8859_1));
            if (i % 4 == 3) {
                check.addTarget(document);
            } else {
                check.add(document);
            }
        }
        return check.check(NO_SCHEMAS, Optional.empty(), NicVerdicts.BUILT_IN);
    }

    private static void mend(XmlDocument document, List<XmlEdit> edits) {
        String mended = XmlEdit.apply(document, edits);
        XmlDocument again = Documents.read("mended.xml", mended);
        if (!again.root().name().equals(document.root().name())) {
            throw new AssertionError(document.text() + " has become " + mended);
        }
    }
}
