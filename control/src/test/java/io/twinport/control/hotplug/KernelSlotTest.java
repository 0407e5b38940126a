package io.twinport.control.hotplug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.control.kernel.FakeInterfaces;
import io.twinport.control.kernel.KernelInterfaces;
import io.twinport.dataplane.device.KernelLinks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KernelSlotTest {
    private static final String MAC = "52:54:00:00:00:01";

    @TempDir
    private Path root;

    private Path sysfs;

    private FakeInterfaces kernel;

    @BeforeEach
    void boot() {
        sysfs = root.resolve("sys");
        kernel = new FakeInterfaces(sysfs);
    }

    private final Map<Integer, Integer> departures = new HashMap<>();
    private final Set<Integer> taken = new HashSet<>();
    private final List<String> log = new ArrayList<>();

    private final KernelSlot.Ours ours = new KernelSlot.Ours() {
        @Override
        public KernelLinks.Stay stay(int index) {
            return new KernelLinks.Stay(index, departures.getOrDefault(index, 0));
        }

        @Override
        public Optional<String> nameOf(KernelLinks.Stay stay) {
            return stay(stay.index()).equals(stay)
                    ? new KernelInterfaces(sysfs).nameOf(stay.index(), "")
                    : Optional.empty();
        }

        @Override
        public void tidy(int index) {}

        @Override
        public boolean isTaken(int index) {
            return taken.contains(index);
        }
    };

    private KernelSlot slot(String wanted) {
        return slot(wanted, KernelSlot.Kind.KEPT);
    }

    private KernelSlot slot(String wanted, KernelSlot.Kind kind) {
        return new KernelSlot(
                new KernelInterfaces(sysfs), kernel.quiet(), wanted, kind, ours, (level, line) -> log.add(line));
    }

    /** As before DPDK starts. */
    private void check() {
        String wanted = "mac:" + MAC;
        KernelSlot.check(wanted, KernelSlot.meant(wanted, new KernelInterfaces(sysfs)), kernel.quiet());
    }

    private static Occupant take(KernelSlot slot) {
        Occupant there = slot.look().orElseThrow();
        slot.take(there);
        return there;
    }

    @Test
    void shouldTellInterfacesThatComeAndGo() throws IOException {
        KernelSlot slot = slot("mac:" + MAC);
        check();
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
        check();
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
        String message = assertThrows(UserException.class, this::check).toString();
        assertTrue(message.contains("is the address of twnone1, twnone2: give the name of one"), message);
        assertEquals(Optional.empty(), slot.look());
    }

    @ParameterizedTest
    @EnumSource(KernelSlot.Kind.class)
    void shouldStayWithInterfaceThatIsRenamedAndLeaveAStrangerOfItsName(KernelSlot.Kind kind) throws IOException {
        kernel.add("twnone1", 1_000_003, MAC, "");
        KernelSlot slot = slot("twnone1", kind);
        Occupant first = take(slot);
        assertEquals(1_000_003, slot.heldInterface());
        kernel.rename("twnone1", "twnsby");
        assertEquals(first, slot.look().orElseThrow());
        assertEquals(List.of("twnone1 has been renamed to twnsby, and stays this side"), log);
        assertEquals(kind == KernelSlot.Kind.KEPT ? Optional.of("twnsby") : Optional.empty(), slot.found());
        kernel.add("twnone1", 1_000_004, MAC, "");
        assertEquals(first, slot.look().orElseThrow(), "that is a stranger");
        kernel.remove("twnsby");
        assertFalse(slot.look().orElseThrow().isSameDevice(first), "it has gone, and the name is another's");
        take(slot);
        assertEquals(1_000_004, slot.heldInterface());
        slot.giveBack();
        assertEquals(0, slot.heldInterface());
    }

    /** It keeps its number, and its sockets are not bound to it any more. */
    @Test
    void shouldTakeInterfaceForAnotherThatWasAwayMeanwhile() throws IOException {
        kernel.add("twnone1", 1_000_003, MAC, "");
        KernelSlot slot = slot("twnone1");
        Occupant first = take(slot);
        departures.put(1_000_003, 1);
        Occupant again = slot.look().orElseThrow();
        assertFalse(again.isSameDevice(first), "nobody saw it go, and it is another stay");
        assertEquals(again, take(slot));
    }

    @Test
    void shouldNotTakeWhatIsAPortsOwnOrAnotherSides() throws IOException {
        kernel.add("twnone1", 1_000_003, MAC, "");
        KernelSlot slot = slot("twnone1");
        taken.add(1_000_003);
        assertEquals(Optional.empty(), slot.look());
        assertTrue(slot.whyAbsent().contains("the interface twnone1 belongs to a port"));
        taken.clear();
        take(slot);
        taken.add(1_000_003); // by itself
        assertTrue(slot.look().isPresent());
    }
}
