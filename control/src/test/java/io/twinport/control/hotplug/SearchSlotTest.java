package io.twinport.control.hotplug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.dpdk.MacAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** R16: a device is found by the port's address. */
class SearchSlotTest {
    private static final String FIRST = "0000:01:00.0";
    private static final String SECOND = "0000:02:00.0";
    private static final String MAC = "52:54:00:00:00:01";
    private static final String OTHER_MAC = "52:54:00:00:00:02";

    @TempDir
    private Path folder;

    private final Set<String> taken = new HashSet<>();
    private Optional<MacAddress> wanted = Optional.of(MacAddress.parse(MAC));
    private FakeKernel kernel;

    @BeforeEach
    void boot() {
        kernel = new FakeKernel(folder.resolve("sys"));
        kernel.loadVfio();
    }

    private SearchSlot slot(boolean binds) {
        return slot(binds ? Binding.UNUSED : Binding.NONE);
    }

    private SearchSlot slot(Binding binding) {
        return new SearchSlot(kernel.bus(), () -> wanted, taken::contains, binding);
    }

    private static String failure(SearchSlot slot) {
        return assertThrows(UserException.class, slot::check).toString();
    }

    @Test
    void shouldTakeTheDeviceWhoseAddressIsSeenFromTheKernel() {
        kernel.plugNic(FIRST, "e1000e", OTHER_MAC);
        kernel.plugNic(SECOND, "iavf", MAC);
        SearchSlot slot = slot(true);
        slot.check();
        Occupant device = slot.look().orElseThrow();
        assertEquals(Optional.of(SECOND), slot.found());
        assertFalse(device.isLent());
        assertEquals(Optional.of("taken from the kernel's driver iavf (interface eth0)"), slot.take(device));
        assertTrue(slot.look().orElseThrow().isLent(), "it stays chosen, though its address is not seen any more");
        slot.giveBack();
        assertEquals("iavf", kernel.bus().find(SECOND).orElseThrow().driver());
    }

    @Test
    void shouldProbeLentDevicesOneAfterAnother() {
        kernel.plugNic(FIRST, "vfio-pci", OTHER_MAC);
        kernel.plugNic(SECOND, "vfio-pci", MAC);
        SearchSlot slot = slot(false);
        slot.check();
        assertTrue(slot.look().orElseThrow().isLent());
        assertEquals(Optional.of(FIRST), slot.found());
        slot.giveBack(); // another address, its driver says
        slot.look();
        assertEquals(Optional.of(SECOND), slot.found());
        slot.giveBack(); // its probe failed
        assertEquals(Optional.empty(), slot.look());
        kernel.unplug(SECOND);
        assertEquals(Optional.empty(), slot.look());
        kernel.plugNic(SECOND, "vfio-pci", MAC);
        slot.look();
        assertEquals(Optional.of(SECOND), slot.found(), "another device is looked at anew");
    }

    @Test
    void shouldTakeWhatAppearsAnywhere() {
        SearchSlot slot = slot(true);
        slot.check();
        assertEquals(Optional.empty(), slot.look());
        kernel.plugNic(FIRST, "iavf", "00:00:00:00:00:00"); // a VF that has none yet
        assertEquals(Optional.empty(), slot.look());
        kernel.plugNic(SECOND, "iavf", MAC);
        slot.look();
        assertEquals(Optional.of(SECOND), slot.found());
        kernel.unplug(SECOND);
        assertEquals(Optional.empty(), slot.look());
        assertEquals(Optional.empty(), slot.found());
    }

    @Test
    void shouldLeaveAloneWhatIsTakenOrDriverless() {
        kernel.plugNic(FIRST, "vfio-pci", MAC);
        taken.add(FIRST);
        kernel.plugNic(SECOND, "", MAC);
        assertEquals(Optional.empty(), slot(true).look());
    }

    @Test
    void shouldWaitUntilTheAddressIsKnown() {
        kernel.plugNic(FIRST, "vfio-pci", MAC);
        wanted = Optional.empty();
        SearchSlot slot = slot(false);
        slot.check();
        assertEquals(Optional.empty(), slot.look());
        assertTrue(slot.whyAbsent().contains("once the other side has joined"), slot::whyAbsent);
        wanted = Optional.of(MacAddress.parse(MAC));
        assertTrue(slot.look().isPresent());
    }

    @Test
    void shouldSayWhatIsThereWhenNoneOrSeveralHaveTheAddress() {
        kernel.plugNic(FIRST, "iavf", OTHER_MAC);
        SearchSlot slot = slot(true);
        assertEquals(
                ": no known device, besides virtio, has the MAC address " + MAC + "; there are 0000:01:00.0 (iavf, "
                        + OTHER_MAC + ")",
                slot.whyAbsent());
        kernel.plugNic(SECOND, "iavf", MAC);
        kernel.plugNic("0000:03:00.0", "ixgbevf", MAC);
        assertEquals(Optional.empty(), slot.look(), "none is guessed");
        assertTrue(slot.whyAbsent().contains("more than one device has the MAC address"), slot::whyAbsent);
        String message = failure(slot);
        assertTrue(message.contains("is not clear: 2 devices have the MAC address " + MAC), message);
        assertTrue(message.contains("0000:02:00.0 (iavf, " + MAC + "), 0000:03:00.0 (ixgbevf, " + MAC + ")"), message);
    }

    @Test
    void shouldSayBeforehandWhatStandsInTheWay() {
        kernel.plugNic(FIRST, "iavf", MAC);
        assertTrue(failure(slot(false)).contains("0000:01:00.0 is bound to the kernel's driver iavf"));
        kernel = new FakeKernel(folder.resolve("other"));
        assertTrue(failure(slot(true)).contains("modprobe vfio-pci"));
        PciBus none = new PciBus(folder.resolve("none"), (file, text) -> {});
        assertTrue(failure(new SearchSlot(none, () -> wanted, taken::contains, Binding.NONE))
                .contains("no PCI bus"));
    }

    @Test
    void shouldNeedNoVfioForDevicesThatTheirDriversShare() {
        kernel = new FakeKernel(folder.resolve("other"));
        kernel.plugNic(FIRST, "mlx5_core", MAC);
        assertTrue(failure(slot(true)).contains("modprobe -a ib_uverbs mlx5_ib"));
        kernel.addRdma(FIRST);
        SearchSlot slot = slot(true);
        slot.check();
        Occupant device = slot.look().orElseThrow();
        assertTrue(device.isLent());
        assertEquals(Optional.empty(), slot.take(device), "it stays with its driver");
        slot.giveBack();
        assertEquals(List.of(), kernel.takeWrites());
    }

    /** Not the machine's only NIC, because its address is that of a mistaken argument. */
    @Test
    void shouldNotChooseADeviceThatIsInUse() {
        kernel.plugNic(FIRST, "virtio_pci", MAC);
        kernel.use(FIRST);
        assertTrue(failure(slot(true)).contains("0000:01:00.0 is in use: eth0 has the default route"));
        SearchSlot slot = slot(true);
        assertEquals(Optional.empty(), slot.look(), "one that appears");
        String why = slot.whyAbsent();
        assertTrue(why.contains("the one device with the MAC address " + MAC + " is in use"), why);
        assertTrue(why.contains("in use: eth0 has the default route"), why);
        assertTrue(slot(Binding.IN_USE).look().isPresent());
        assertEquals(List.of(), kernel.takeWrites());
    }
}
