package io.twinport.control.hotplug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.control.kernel.FakeInterfaces;
import io.twinport.control.kernel.KernelInterfaces;
import io.twinport.control.kernel.QuietInterface;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelSlotTest {
    private static final String MAC = "52:54:00:00:00:01";

    @TempDir
    private Path sysfs;

    private FakeInterfaces kernel;

    @BeforeEach
    void boot() {
        kernel = new FakeInterfaces(sysfs);
    }

    private KernelSlot slot(String wanted) {
        return new KernelSlot(new KernelInterfaces(sysfs), QuietInterface.ofThisMachine(), wanted);
    }

    @Test
    void shouldTellInterfacesThatComeAndGo() throws IOException {
        KernelSlot slot = slot("mac:" + MAC);
        slot.check();
        assertEquals(Optional.empty(), slot.look());
        assertTrue(slot.whyAbsent().contains("no such interface yet"));
        kernel.virtio("0000:02:00.0", "virtio1", false);
        kernel.add("twnone1", 1_000_003, MAC, "virtio1");
        Occupant first = slot.look().orElseThrow();
        assertTrue(first.isLent());
        assertEquals("virtio_net", first.driver());
        assertEquals(Optional.of("twnone1"), slot.found());
        kernel.remove("twnone1");
        assertEquals(Optional.empty(), slot.look());
        kernel.add("twnone2", 1_000_004, MAC, "virtio1");
        assertFalse(slot.look().orElseThrow().isSameDevice(first));
        assertEquals(Optional.of("twnone2"), slot.found());
    }

    @Test
    void shouldPreferVirtioOfTwoWithOneAddress() throws IOException {
        kernel.pci("0000:01:00.0", "iavf");
        kernel.add("twnone0", 1_000_002, MAC, "0000:01:00.0");
        KernelSlot slot = slot("mac:" + MAC);
        slot.check();
        slot.look();
        assertEquals(Optional.of("twnone0"), slot.found());
        kernel.virtio("0000:02:00.0", "virtio1", false);
        kernel.add("twnone1", 1_000_003, MAC, "virtio1");
        slot.look();
        assertEquals(Optional.of("twnone1"), slot.found());
    }

    @Test
    void shouldNotGuessWhichOfSeveralIsMeant() throws IOException {
        for (int i = 1; i <= 2; i++) {
            kernel.virtio("0000:0" + i + ":00.0", "virtio" + i, false);
            kernel.add("twnone" + i, 1_000_000 + i, MAC, "virtio" + i);
        }
        KernelSlot slot = slot("mac:" + MAC);
        String message = assertThrows(UserException.class, slot::check).toString();
        assertTrue(message.contains("is the address of twnone1, twnone2: give the one that is meant"), message);
        assertEquals(Optional.empty(), slot.look());
    }
}
