package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.Program;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command as it is typed: what it reads, what it prints, how it ends. */
class TeamingCheckCommandTest {
    private static final String MAC = "52:54:00:00:12:53";

    private static final String DOMAIN = """
            <domain type='kvm'>
              <name>vm01</name>
              <os><type arch='x86_64' machine='q35'>hvm</type></os>
              <features>
                <acpi/>
              </features>
              <devices>
                <interface type='bridge'>
                  <mac address='52:54:00:00:12:53'/>
                  <source bridge='br0'/>
                  <model type='virtio'/>
                  <teaming type='persistent'/>
                  <alias name='ua-backup0'/>
                </interface>
                <interface type='network'>
                  <mac address='52:54:00:00:12:53'/>
                  <source network='vfs'/>
                  <teaming type='transient' persistent='ua-backup0'/>
                </interface>
              </devices>
            </domain>
            """;

    private static final String POOL =
            "<network><name>vfs</name><forward mode='hostdev' managed='yes'><pf dev='ens4f0'/></forward></network>\n";

    @TempDir
    private Path folder;

    private Path domain;
    private Path pool;

    @BeforeEach
    void write() throws IOException {
        domain = Files.writeString(folder.resolve("vm01.xml"), DOMAIN);
        pool = Files.writeString(folder.resolve("vfs.xml"), POOL);
    }

    private static Executed check(Object... arguments) {
        return Executed.twinport(Stream.concat(
                        Stream.of("teaming", "check"), Stream.of(arguments).map(String::valueOf))
                .toArray(String[]::new));
    }

    private void spoil(String what, String with) throws IOException {
        Files.writeString(domain, DOMAIN.replace(what, with));
    }

    @Test
    void shouldEndWith0WhereNothingIsWrong() {
        Executed good = check(domain, "--network", pool, "--strict");
        assertEquals(0, good.code(), good::output);
        assertTrue(good.output().endsWith("0 errors, 0 warnings"), good::output);
        // Each document says itself what it is, so that it does not matter behind which option it stands.
        assertEquals(0, check("--network", pool, domain, "--strict").code());
        assertEquals(
                0, check(pool, domain, "--strict", "--target-network", pool).code());
    }

    @Test
    void shouldSayWhatWhereAndHowToMendIt() throws IOException {
        spoil("persistent='ua-backup0'", "persistent='ua-nobody'");
        Executed wrong = check(domain);
        assertEquals(1, wrong.code(), wrong::output);
        assertEquals(
                """
                error    E1    %s:18:7: the primary names 'ua-nobody', and no interface has this alias
                         libvirt says nothing. QEMU makes no pair: the guest sees both devices with one MAC address, and nothing\
                 unplugs the VF before a migration
                         -> <teaming type='transient' persistent='ua-backup0'/>
                """.formatted(domain),
                wrong.output()
                        .substring(wrong.output().indexOf("error    E1"))
                        .lines()
                        .limit(3)
                        .map(line -> line + "\n")
                        .reduce("", String::concat));
    }

    @Test
    void shouldEndWith1ForWarningsOnlyIfStrict() throws IOException {
        spoil("<model", "<link state='down'/><model");
        assertEquals(0, check(domain).code());
        assertEquals(1, check(domain, "--strict").code());
    }

    @Test
    void shouldReadStdin() {
        InputStream in = System.in;
        try {
            System.setIn(new ByteArrayInputStream(DOMAIN.replace("<acpi/>", "").getBytes(StandardCharsets.UTF_8)));
            Executed wrong = check("-");
            assertEquals(1, wrong.code(), wrong::output);
            assertTrue(wrong.output().contains("E11/G2 -:4:3: "), wrong::output);
        } finally {
            System.setIn(in);
        }
    }

    @Test
    void shouldWriteAMendedCopyAndLeaveTheFile() throws IOException {
        spoil("12:53'/>\n      <source network", "12:54'/>\n      <source network");
        String before = Files.readString(domain);
        Executed fixed = check(domain, "--network", pool, "--fix");
        Path copy = folder.resolve("vm01.mended.xml");
        assertEquals(1, fixed.code(), fixed::output);
        assertTrue(fixed.output().endsWith("wrote " + copy), fixed::output);
        assertEquals(before, Files.readString(domain));
        assertEquals(DOMAIN, Files.readString(copy));
        assertEquals(0, check(copy, "--network", pool, "--strict").code());
        Executed again = check(domain, "--fix");
        assertEquals(2, again.code(), again::output);
        assertTrue(again.output().contains(copy + " is there already"), again::output);
        assertEquals(DOMAIN, Files.readString(copy));
    }

    @Test
    void shouldWriteNoCopyWhereNothingCanBeMended() throws IOException {
        spoil("machine='q35'", "machine='pc'");
        assertEquals(1, check(domain, "--fix").code());
        assertFalse(Files.exists(folder.resolve("vm01.mended.xml")));
    }

    @Test
    void shouldPrintJson() throws IOException {
        spoil("<acpi/>", "");
        Executed wrong = check(domain, "--json", "--network", pool);
        JsonNode report = JsonMapper.shared().readTree(wrong.output());
        assertEquals(1, report.path("errors").asInt());
        assertEquals("vm01", report.path("domains").path(0).asString());
        JsonNode error = report.path("findings")
                .valueStream()
                .filter(each -> each.path("level").asString().equals("error"))
                .findFirst()
                .orElseThrow();
        assertEquals(
                List.of("E11", "G2"),
                error.path("rules").valueStream().map(JsonNode::asString).toList());
        assertEquals(4, error.path("line").asInt());
        assertEquals(3, error.path("column").asInt());
        assertEquals(domain.toString(), error.path("document").asString());
        assertTrue(error.path("canBeMended").asBoolean());
    }

    @Test
    void shouldRefuseWhatItCannotUse() throws IOException {
        Path vf = Files.writeString(folder.resolve("vf.xml"), "<interface type='hostdev'/>");
        for (Object[] arguments : new Object[][] {
            {},
            {"--network", pool},
            {folder},
            {folder.resolve("none.xml")},
            {vf},
            {domain, "--target", "qemu:///system"},
            {domain, "--network", pool, pool}
        }) {
            Executed refused = check(arguments);
            assertEquals(2, refused.code(), refused::output);
            assertEquals(1, refused.output().lines().count(), refused::output);
        }
        assertTrue(
                check(vf).output().contains(vf + ":1:1: this is a <interface>, and neither"),
                () -> check(vf).output());
    }

    /** A host of veths and a bridge, without a VF. */
    @Test
    void shouldLookAtARealHost() {
        String host =
                "twinport-teaming-" + Long.toString(ProcessHandle.current().pid(), 36);
        try {
            Program.run("ip", "netns", "add", host);
        } catch (IllegalStateException e) {
            throw new TestAbortedException("it takes root and network namespaces: " + e.getMessage(), e);
        }
        try {
            Program.run("ip", "-n", host, "link", "add", "br0", "type", "bridge");
            Program.run(
                    "ip", "-n", host, "link", "add", "tap9", "type", "veth", "peer", "name", "far9", "address", MAC);
            Program.run("ip", "-n", host, "link", "set", "tap9", "master", "br0");
            Program.run("ip", "netns", "exec", host, "bridge", "fdb", "add", MAC, "dev", "tap9", "master");
            String found = inNamespace(host);
            assertTrue(found.contains("for " + MAC + " at tap9 is permanent, which means local"), found);
            assertTrue(found.contains("the interface far9 of this host has the pair's MAC address"), found);
            assertTrue(found.contains("'br0' has no device as a port"), found);
            assertTrue(found.contains("this host has no interface 'ens4f0'"), found);
            Program.run(
                    "ip", "netns", "exec", host, "bridge", "fdb", "replace", MAC, "dev", "tap9", "master", "static");
            String mended = inNamespace(host);
            assertFalse(mended.contains("permanent"), mended);
            assertTrue(mended.contains("a static FDB entry of br0 sends frames for " + MAC + " to tap9"), mended);
        } finally {
            Program.run("ip", "netns", "delete", host);
        }
    }

    private String inNamespace(String host) {
        try (Program twinport = Program.twinport(
                List.of("ip", "netns", "exec", host),
                List.of(),
                "teaming",
                "check",
                domain.toString(),
                "--network",
                pool.toString(),
                "--host")) {
            int code = twinport.waitFor(60);
            assertEquals(1, code, twinport::output);
            return twinport.output();
        }
    }
}
