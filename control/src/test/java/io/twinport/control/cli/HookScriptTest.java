package io.twinport.control.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.Log;
import io.twinport.control.host.hook.HookHost;
import io.twinport.control.socket.ControlCommand;
import io.twinport.control.socket.ControlSocket;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script that 'host install-hook' installs, called as libvirt calls it. Only its {@code logger} is ours; and where no limit is
 * tested {@code timeout} is too, for a JVM may take longer to start beside other tests.
 */
class HookScriptTest {
    private static final int SECONDS = 120;
    private static final Log SILENT = (level, text) -> {};

    @TempDir
    private Path folder;

    private Path bin = Path.of("");
    private Path state = Path.of("");
    private Path host = Path.of("");

    @BeforeEach
    void prepare() throws IOException {
        bin = Files.createDirectory(folder.resolve("bin"));
        host = Files.createDirectory(folder.resolve("host"));
        // A unix socket's path is short.
        state = Files.createTempDirectory(Path.of("/dev/shm"), "twinport-hook");
        Files.createDirectory(folder.resolve("libvirt"));
        HookHost.make(host);
        script("logger", "printf '%s\\n' \"$*\" >> '" + folder + "/log'");
        script("timeout", "shift 3\nexec \"$@\"");
        String java = System.getProperty("java.home") + "/bin/java -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED";
        script(
                "twinport",
                "echo called >> '" + folder + "/calls'\nexec " + java + " -cp '" + System.getProperty("java.class.path")
                        + "' " + AdmitOnFakeHost.class.getName() + " '" + host + "' \"$@\"");
    }

    @AfterEach
    void clean() throws IOException {
        try (Stream<Path> files = Files.list(state)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(state);
    }

    private void script(String name, String text) throws IOException {
        Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private Executed install(String... more) {
        return Executed.twinport(Stream.concat(
                        Stream.of(
                                "host",
                                "install-hook",
                                "--hooks=" + hooks(),
                                "--state=" + state,
                                "--program=" + bin.resolve("twinport")),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    private Path hooks() {
        return folder.resolve("libvirt/hooks");
    }

    private Path script() {
        return hooks().resolve("qemu.d/twinport");
    }

    /** A call of the script. */
    private final class Call {
        private final Path out;
        private final Path err;
        private final Process process;

        Call(String xml, String... arguments) throws IOException {
            Path in = Files.writeString(Files.createTempFile(folder, "in", ""), xml, StandardCharsets.ISO_8859_1);
            out = Files.createTempFile(folder, "out", "");
            err = Files.createTempFile(folder, "err", "");
            ProcessBuilder builder = new ProcessBuilder(
                            Stream.concat(Stream.of(script().toString()), Stream.of(arguments))
                                    .toList())
                    .redirectInput(in.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().put("PATH", bin + ":/usr/sbin:/usr/bin:/sbin:/bin");
            process = builder.start();
        }

        int code() throws IOException, InterruptedException {
            assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), "it still runs");
            assertEquals("", Files.readString(out), "libvirt would take it for a document");
            return process.exitValue();
        }

        String said() throws IOException {
            return Files.readString(err);
        }
    }

    private Call migrate(String xml) throws IOException {
        return new Call(xml, "vm01", "migrate", "begin", "-");
    }

    private String read(String name) throws IOException {
        Path file = folder.resolve(name);
        return Files.exists(file) ? Files.readString(file) : "";
    }

    @Test
    void shouldLetPassWithoutJavaWhatIsNoneOfItsBusiness() throws Exception {
        assertEquals(0, install().code());
        String guest = HookHost.guest("vm01").replaceAll("<teaming[^>]*>", "");
        assertEquals(0, migrate(guest).code());
        assertEquals(0, migrate("").code());
        assertEquals(0, migrate("\0\1\377").code());
        for (String operation :
                List.of("prepare begin", "start begin", "started begin", "release end", "migrate end")) {
            String[] words = operation.split(" ");
            assertEquals(0, new Call(HookHost.guest("vm01"), "vm01", words[0], words[1], "-").code());
        }
        assertEquals(0, new Call(HookHost.guest("vm01")).code());
        assertEquals("", read("calls"));
        assertEquals("", read("log"));
    }

    @Test
    void shouldRefuseWithItsReasonOnStderr() throws Exception {
        assertEquals(0, install().code());
        Call good = migrate(HookHost.guest("vm01"));
        assertEquals(0, good.code(), good::toString);
        assertEquals("called\n", read("calls"));
        Call wrong = migrate(HookHost.guest("vm02").replace("<acpi/>", ""));
        assertEquals(1, wrong.code());
        assertTrue(wrong.said().startsWith("twinport: vm02 cannot come: "), wrong.said());
        assertTrue(read("log").contains("is refused: twinport: vm02 cannot come"), read("log"));
    }

    @Test
    void shouldPromiseAVfToOneOfTwoThatComeAtOnce() throws Exception {
        new HookHost(host).device(HookHost.VF0, "vfio-pci");
        assertEquals(0, install().code());
        Call one = migrate(HookHost.guest("vm01"));
        Call other = migrate(HookHost.guest("vm02"));
        assertEquals(Set.of(0, 1), Set.of(one.code(), other.code()), one.said() + other.said());
        Call refused = one.code() == 1 ? one : other;
        assertTrue(refused.said().contains("no VF is free in the pool 'vfs'"), refused.said());
        assertTrue(refused.said().contains("promised to guests on their way"), refused.said());
    }

    @Test
    void shouldSayWhatAFaultOfItsOwnMeans() throws Exception {
        assertEquals(0, install().code());
        String broken = "<domain><devices><teaming";
        assertEquals(0, migrate(broken).code());
        assertTrue(read("log").contains("the check of vm01 has failed (exit code 2: twinport: "), read("log"));
        assertTrue(read("log").contains("): pass"), read("log"));
        assertEquals(0, install("--on-error=refuse").code());
        Call refused = migrate(broken);
        assertEquals(1, refused.code());
        assertTrue(
                refused.said().contains("twinport: refused, since the check has failed (exit code 2"), refused.said());
        script("twinport", "exit 127");
        assertEquals(1, migrate(HookHost.guest("vm01")).code());
    }

    @Test
    void shouldAskTheAgent() throws Exception {
        assertEquals(0, install().code());
        ControlCommand admit = new ControlCommand(Set.of("xml"), request -> {
            String xml = new String(request.bytes("xml", 1 << 16), StandardCharsets.UTF_8);
            return Map.of("refusals", xml.contains("vm01") ? List.of("twinport: not to the agent's host") : List.of());
        });
        try (ControlSocket agent = ControlSocket.open(state.resolve("agent.sock"), Map.of("admit", admit), SILENT)) {
            Call refused = migrate(HookHost.guest("vm01"));
            assertEquals(1, refused.code(), agent::toString);
            assertEquals("twinport: not to the agent's host\n", refused.said());
            assertEquals(0, migrate(HookHost.guest("vm02")).code());
            assertFalse(Files.exists(state.resolve("reserved.json")), "the agent keeps what it promises");
        }
        assertEquals(0, migrate(HookHost.guest("vm01")).code());
        // One that was killed leaves its socket.
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(state.resolve("agent.sock")));
        }
        assertEquals(0, migrate(HookHost.guest("vm02")).code());
    }

    /** It takes connections, and says nothing. */
    @Test
    void shouldNotWaitForASlowAgent() throws Exception {
        Files.delete(bin.resolve("timeout"));
        assertEquals(0, install().code());
        try (ServerSocketChannel slow = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            slow.bind(UnixDomainSocketAddress.of(state.resolve("agent.sock")));
            assertEquals(0, migrate(HookHost.guest("vm01")).code());
            assertTrue(read("log").contains("(no answer within 2 s): pass"), read("log"));
            assertEquals(0, install("--on-error=refuse").code());
            Call refused = migrate(HookHost.guest("vm01"));
            assertEquals(1, refused.code());
            assertTrue(refused.said().contains("no answer within 2 s"), refused.said());
        }
    }

    @Test
    void shouldInstallAndRemoveOnlyItsOwn() throws IOException {
        Executed first = install();
        assertTrue(first.output().contains("wrote " + script()), first::output);
        assertTrue(first.output().contains("systemctl restart libvirtd"), first::output);
        assertEquals(PosixFilePermissions.fromString("rwxr-xr-x"), Files.getPosixFilePermissions(script()));
        assertTrue(install().output().contains("installed already"));
        Executed changed = install("--on-error=refuse", "--reserve-seconds=7");
        assertTrue(changed.output().contains("calls it from now on"), changed::output);
        assertTrue(Files.readString(script()).contains("'--reserve-seconds=7'"));
        assertEquals(1, remove().output().lines().count());
        assertFalse(Files.exists(script()));
        assertEquals(0, remove().code());
        Files.writeString(script(), "#!/bin/sh\n# Somebody else's.\n");
        assertForeign(script() + " is not twinport's");
        Files.delete(script());
        Files.createSymbolicLink(script(), Path.of("/nonexistent"));
        assertForeign(script() + " is a link");
        Files.delete(script());
        Files.createDirectory(script());
        assertForeign(script() + " cannot be");
        Files.delete(script());
        try (Stream<Path> files = Files.list(hooks().resolve("qemu.d"))) {
            assertEquals(List.of(), files.toList());
        }
    }

    private void assertForeign(String why) {
        for (Executed refused : List.of(install(), remove())) {
            assertEquals(2, refused.code(), refused::output);
            assertTrue(refused.output().contains(why), refused::output);
        }
        assertTrue(Files.exists(script(), LinkOption.NOFOLLOW_LINKS));
    }

    private Executed remove() {
        return Executed.twinport("host", "remove-hook", "--hooks=" + hooks());
    }

    @Test
    void shouldInstallNothingWhereThereIsNoLibvirt() {
        Executed none = Executed.twinport(
                "host",
                "install-hook",
                "--hooks=" + folder.resolve("no/hooks"),
                "--program=" + bin.resolve("twinport"));
        assertEquals(2, none.code(), none::output);
        assertTrue(none.output().contains("libvirt is not installed here"), none::output);
        assertFalse(Files.exists(folder.resolve("no")));
        Executed nothing = install("--program=" + folder);
        assertEquals(2, nothing.code(), nothing::output);
    }
}
