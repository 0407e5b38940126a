package io.twinport.control.host.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.posix.LockFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may come to a host with two VFs. */
class AdmissionTest {
    private static final Duration TIME = Duration.ofSeconds(30);

    @TempDir
    private Path root;

    private long now = 1_000;
    private Path state = Path.of("");

    @BeforeEach
    void boot() throws IOException {
        HookHost.make(root);
        state = root.resolve("state");
    }

    private Reservations reservations() {
        return new Reservations(state, TIME, () -> now);
    }

    private List<String> refusals(String xml) {
        return new HookHost(root).admission(reservations()).refusals(xml.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldPromiseEachGuestAVfOfItsOwn() {
        assertEquals(List.of(), refusals(HookHost.guest("vm01")));
        assertEquals(List.of(), refusals(HookHost.guest("vm02")));
        String refused = refusals(HookHost.guest("vm03")).toString();
        assertTrue(refused.contains("vm03 cannot come: no VF is free in the pool 'vfs'"), refused);
        assertTrue(refused.contains("or promised to guests on their way"), refused);
        // Who tries again has his own VF.
        assertEquals(List.of(), refusals(HookHost.guest("vm01")));
        now += TIME.toNanos();
        assertEquals(List.of(), refusals(HookHost.guest("vm03")));
    }

    @Test
    void shouldPromiseNothingToAGuestThatIsRefused() {
        String wrong = HookHost.guest("vm01").replace("<acpi/>", "");
        assertTrue(
                refusals(wrong).toString().contains("vm01 cannot come: "),
                () -> refusals(wrong).toString());
        assertEquals(List.of(), refusals(HookHost.guest("vm02")));
        assertEquals(List.of(), refusals(HookHost.guest("vm03")));
    }

    /** libvirt chooses, and may choose another one than was promised. */
    @Test
    void shouldCountAVfThatIsTakenOnce() throws IOException {
        assertEquals(List.of(), refusals(HookHost.guest("vm01")));
        new HookHost(root).device(HookHost.VF0, "vfio-pci");
        assertEquals(List.of(), refusals(HookHost.guest("vm02")));
        assertTrue(!refusals(HookHost.guest("vm03")).isEmpty());
    }

    @Test
    void shouldNeedAVfForEachPrimary() throws IOException {
        String second = "<interface type='bridge'><mac address='52:54:00:00:13:01'/><source bridge='br0'/>"
                + "<model type='virtio'/><teaming type='persistent'/><alias name='ua-backup1'/></interface>"
                + "<interface type='network'><mac address='52:54:00:00:13:01'/><source network='vfs'/>"
                + "<teaming type='transient' persistent='ua-backup1'/></interface>";
        assertEquals(List.of(), refusals(HookHost.guest("vm01", second)));
        assertTrue(!refusals(HookHost.guest("vm02")).isEmpty());
        now += TIME.toNanos();
        new HookHost(root).device(HookHost.VF1, "vfio-pci");
        assertTrue(!refusals(HookHost.guest("vm01", second)).isEmpty());
    }

    @Test
    void shouldRefuseANetworkThatIsNowhere() throws IOException {
        Files.delete(root.resolve("etc/libvirt/qemu/networks/vfs.xml"));
        String refused = refusals(HookHost.guest("vm01")).toString();
        assertTrue(refused.contains("vfs"), refused);
        // One that runs and was never defined is libvirt's alone to know.
        Files.createDirectories(root.resolve("run/libvirt/network"));
        Files.createFile(root.resolve("run/libvirt/network/vfs.xml"));
        assertEquals(List.of(), refusals(HookHost.guest("vm01")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../../secret", "..", "/etc/shadow", "a\nb", "."})
    void shouldReadNothingButItsNetworks(String name) {
        String guest = HookHost.guest("vm01").replace("network='vfs'", "network='" + name + "'");
        assertTrue(!refusals(guest).isEmpty(), name);
    }

    @Test
    void shouldLetGuestsWithoutAPairCome() {
        assertEquals(List.of(), refusals("<domain><name>vm01</name><devices/></domain>"));
        assertTrue(Files.notExists(state));
    }

    @Test
    void shouldSayWhatIsNoDocument() {
        for (String broken :
                List.of("", "<domain>", "<network><name>vfs</name></network>", "\0", "<!DOCTYPE d><domain/>")) {
            assertThrows(UserException.class, () -> refusals(broken), broken);
        }
    }

    @Test
    void shouldForgetWhatIsNoFileOfIts() throws IOException {
        assertEquals(List.of(), refusals(HookHost.guest("vm01")));
        Path file = state.resolve("reserved.json");
        String good = Files.readString(file);
        assertTrue(good.contains(HookHost.VF0), good);
        for (String bad : List.of(
                "",
                "[",
                "{}",
                "{\"reservations\":[{}]}",
                "{\"reservations\":[null]}",
                "{\"reservations\":null}",
                "null",
                good.replace("\"untilNanos\":", "\"untilNanos\":9"),
                "[".repeat(100_000))) {
            Files.writeString(file, bad);
            assertEquals(Set.of(), reservations().locked(held -> held.ofOthers("")), bad);
        }
        Files.writeString(file, good);
        assertEquals(Set.of(HookHost.VF0), reservations().locked(held -> held.ofOthers("")));
    }

    @Test
    void shouldNotWaitForEverForAnother() {
        assertEquals(List.of(), refusals(HookHost.guest("vm01")));
        try (LockFile lock = LockFile.take(state.resolve("reserved.lock")).orElseThrow()) {
            UserException refused = assertThrows(UserException.class, () -> refusals(HookHost.guest("vm02")));
            assertTrue(String.valueOf(refused.getMessage()).contains("is locked by another process"), lock::toString);
        }
    }
}
