package io.twinport.control.hotplug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class PciSlotTest {
    private static final String ADDRESS = "0000:01:00.0";
    private static final List<String> TAKING =
            List.of("driver_override=vfio-pci", "unbind=" + ADDRESS, "drivers_probe=" + ADDRESS);

    @TempDir
    private Path folder;

    private FakeKernel kernel;

    @BeforeEach
    void boot() {
        kernel = new FakeKernel(folder.resolve("sys"));
        kernel.loadVfio();
    }

    private PciSlot slot(boolean binds) {
        return slot(binds ? Binding.UNUSED : Binding.NONE);
    }

    private PciSlot slot(Binding binding) {
        return new PciSlot(kernel.bus(), ADDRESS, binding);
    }

    private String driver() {
        return slot(false).look().orElseThrow().driver();
    }

    private static String failure(Executable executable) {
        return assertThrows(UserException.class, executable).toString();
    }

    @Test
    void shouldTellWhatIsThere() {
        PciSlot slot = slot(false);
        assertEquals(Optional.empty(), slot.look());
        kernel.plug(ADDRESS, "e1000e", 7);
        Occupant first = slot.look().orElseThrow();
        assertEquals("e1000e", first.driver());
        assertFalse(first.isLent());
        kernel.bind(ADDRESS, "vfio-pci");
        assertTrue(slot.look().orElseThrow().isLent());
        assertTrue(slot.look().orElseThrow().isSameDevice(first));
        kernel.unplug(ADDRESS);
        kernel.plug(ADDRESS, "e1000e", 7);
        assertNotEquals(first, slot.look().orElseThrow(), "it is another device, though nobody saw it go");
    }

    @Test
    void shouldTakeADeviceFromItsDriverAndGiveItBack() {
        kernel.plug(ADDRESS, "e1000e", 7);
        PciSlot slot = slot(true);
        slot.check();
        assertEquals(
                Optional.of("taken from the kernel's driver e1000e"),
                slot.take(slot.look().orElseThrow()));
        assertEquals(TAKING, kernel.takeWrites());
        assertEquals("vfio-pci", driver());
        assertEquals(Optional.empty(), slot.take(slot.look().orElseThrow()), "it is bound already");

        slot.giveBack();
        assertEquals(List.of("driver_override=", "unbind=" + ADDRESS, "drivers_probe=" + ADDRESS), kernel.takeWrites());
        assertEquals("e1000e", driver());
    }

    @Test
    void shouldLeaveADeviceWithoutDriverIfItHadNone() {
        kernel.plug(ADDRESS, "e1000e", 7);
        kernel.bind(ADDRESS, FakeKernel.NO_DRIVER);
        PciSlot slot = slot(true);
        slot.take(slot.look().orElseThrow());
        assertEquals(
                List.of("driver_override=vfio-pci", "drivers_probe=" + ADDRESS),
                kernel.takeWrites(),
                "the override comes first, and there is nobody to unbind from");
        slot.giveBack();
        assertEquals("", driver());
    }

    @Test
    void shouldGiveADeviceThatAppearedToItsOwnDriver() {
        PciSlot slot = slot(true);
        slot.look();
        kernel.plug(ADDRESS, "e1000e", 7);
        kernel.bind(ADDRESS, FakeKernel.NO_DRIVER); // seen before the kernel has found its driver
        slot.take(slot.look().orElseThrow());
        slot.giveBack();
        assertEquals("e1000e", driver());
    }

    @Test
    void shouldNotTouchADeviceThatWasLentAlreadyOrIsAnother() {
        kernel.plug(ADDRESS, "vfio-pci", 7);
        PciSlot slot = slot(true);
        slot.check();
        assertEquals(Optional.empty(), slot.take(slot.look().orElseThrow()));
        slot.giveBack();
        assertEquals(List.of(), kernel.takeWrites());

        kernel.bind(ADDRESS, "e1000e");
        slot.take(slot.look().orElseThrow());
        kernel.takeWrites();
        kernel.unplug(ADDRESS);
        slot.giveBack();
        kernel.plug(ADDRESS, "e1000e", 7);
        slot.giveBack();
        assertEquals(List.of(), kernel.takeWrites());
    }

    @Test
    void shouldSayHowToLendADeviceThatMayNotBeTaken() {
        kernel.plug(ADDRESS, "e1000e", 7);
        String message = failure(slot(false)::check);
        assertTrue(message.contains("the kernel's driver e1000e"), message);
        assertTrue(message.contains("dpdk-devbind.py --bind=vfio-pci 0000:01:00.0"), message);
        assertTrue(message.contains("--bind"), message);
        assertEquals(List.of(), kernel.takeWrites());
    }

    @Test
    void shouldSayThatVfioHasToBeLoaded() {
        kernel = new FakeKernel(folder.resolve("other"));
        String message = failure(slot(true)::check);
        assertTrue(message.contains("modprobe vfio-pci"), message);
        slot(false).check();
    }

    @Test
    void shouldLeaveDevicesToDriversThatShareThem() {
        kernel = new FakeKernel(folder.resolve("without-vfio"));
        kernel.plug(ADDRESS, "mlx5_core", -1);
        assertTrue(failure(slot(false)::check).contains("modprobe -a ib_uverbs mlx5_ib"));
        PciSlot early = slot(true);
        assertTrue(failure(() -> early.take(early.look().orElseThrow())).contains("stays with the kernel's driver"));
        kernel.addRdma(ADDRESS);
        for (boolean binds : List.of(false, true)) {
            PciSlot slot = slot(binds);
            slot.check();
            Occupant device = slot.look().orElseThrow();
            assertTrue(device.isLent());
            assertEquals(Optional.empty(), slot.take(device));
            slot.giveBack();
        }
        assertEquals(List.of(), kernel.takeWrites());
    }

    @Test
    void shouldSayWhatIsWrongWithTheGroup() {
        kernel.plug(ADDRESS, "e1000e", -1);
        String message = failure(slot(true)::check);
        assertTrue(message.contains("in no IOMMU group"), message);
        assertTrue(message.contains("intel_iommu=on"), message);

        kernel.unplug(ADDRESS);
        kernel.plug(ADDRESS, "e1000e", 7);
        kernel.plug("0000:01:00.1", "snd_hda_intel", 7);
        kernel.plug("0000:00:01.0", "pcieport", 7);
        message = failure(slot(true)::check);
        assertTrue(message.contains("shares its IOMMU group with 0000:01:00.1 (snd_hda_intel):"), message);
        assertEquals(List.of(), kernel.takeWrites());
        kernel.bind("0000:01:00.1", FakeKernel.NO_DRIVER);
        slot(true).check();
    }

    @Test
    void shouldSayThatThereIsNoBus() {
        PciBus none = new PciBus(folder.resolve("none"), (file, text) -> {});
        assertTrue(failure(new PciSlot(none, ADDRESS, Binding.NONE)::check).contains("no PCI bus"));
    }

    @Test
    void shouldSayThatTheKernelHasNotBound() {
        kernel.plug(ADDRESS, "e1000e", 7);
        PciSlot slot = new PciSlot(new PciBus(folder.resolve("sys"), (file, text) -> {}), ADDRESS, Binding.UNUSED);
        String message = failure(() -> slot.take(slot.look().orElseThrow()));
        assertTrue(message.contains("but to e1000e"), message);
        assertTrue(message.contains("dmesg"), message);
    }

    /** The only NIC of a machine, for instance: with or without --bind, when it is there or appears. */
    @Test
    void shouldNotTakeADeviceThatIsInUse() {
        kernel = new FakeKernel(folder.resolve("sys")); // without vfio-pci: what is graver comes first
        kernel.plug(ADDRESS, "virtio-pci", 7);
        kernel.use(ADDRESS);
        for (Binding binding : List.of(Binding.NONE, Binding.UNUSED)) {
            String message = failure(slot(binding)::check);
            assertTrue(message.contains("0000:01:00.0 is in use: eth0 has the default route"), message);
            assertTrue(message.contains("--bind-in-use"), message);
            assertFalse(message.contains("dpdk-devbind"), message);
        }
        kernel.loadVfio();
        PciSlot slot = slot(Binding.UNUSED);
        String message = failure(() -> slot.take(slot.look().orElseThrow()));
        assertTrue(message.contains("eth0 has the default route"), message);
        slot.giveBack();
        assertEquals(List.of(), kernel.takeWrites(), "nothing was changed");
        assertEquals("virtio-pci", driver());
    }

    @Test
    void shouldTakeADeviceThatIsInUseWhereThatIsSaid() {
        kernel.plug(ADDRESS, "e1000e", 7);
        kernel.use(ADDRESS);
        PciSlot slot = slot(Binding.IN_USE);
        slot.check();
        assertTrue(slot.take(slot.look().orElseThrow()).isPresent());
        assertEquals(TAKING, kernel.takeWrites());
    }

    /** Nobody unbinds a device of these: what uses it goes on. */
    @Test
    void shouldShareADeviceThatIsInUseWithItsDriver() {
        kernel.plug(ADDRESS, "mlx5_core", -1);
        kernel.addRdma(ADDRESS);
        kernel.use(ADDRESS);
        slot(Binding.NONE).check();
        slot(Binding.UNUSED).check();
    }
}
