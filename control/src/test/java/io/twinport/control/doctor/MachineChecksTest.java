package io.twinport.control.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.doctor.Finding.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineChecksTest {
    private static final String LIMITS =
            "Limit                     Soft Limit           Hard Limit           Units\nMax locked memory         8388608              8388608              bytes";

    @TempDir
    Path root;

    private FakeHost machine;

    @BeforeEach
    void beEmpty() {
        machine = new FakeHost(root);
    }

    @Test
    void shouldCountPagesOfAllSizes() {
        pages("hugepages-2048kB", 32, 100).pages("hugepages-1048576kB", 0, 1);
        Finding few = first(new MemoryCheck());
        assertEquals(Level.PROBLEM, few.level());
        assertTrue(few.text().startsWith("64 MiB of 1224 MiB are free"), few.text());

        pages("hugepages-2048kB", 64, 100);
        assertEquals(Level.OK, first(new MemoryCheck()).level());
    }

    @Test
    void shouldSayThatAKernelHasNoHugepages() {
        assertEquals(Level.PROBLEM, first(new MemoryCheck()).level());
    }

    @Test
    void shouldMindTheLimitOfThoseWhoMayNotPassIt() {
        machine.file("/proc/self/limits", LIMITS).file("/proc/self/status", "CapEff:\t0000000000000000");
        Finding locked = new MemoryCheck().findings(machine.host()).getLast();
        assertEquals(Level.PROBLEM, locked.level());
        assertTrue(locked.text().startsWith("at most 8192 KiB"), locked.text());

        machine.file("/proc/self/status", "CapEff:\t0000000000004000");
        assertEquals(
                Level.OK, new MemoryCheck().findings(machine.host()).getLast().level());
    }

    @Test
    void shouldReadCapabilities() {
        machine.file("/proc/self/status", "Name:\tjava\nCapEff:\t0000000000801000\nCapBnd:\t000001ffffffffff");
        assertEquals(Set.of(Capabilities.NET_ADMIN, Capabilities.SYS_NICE), Capabilities.effective(machine.host()));
        assertEquals(Level.OK, first(new Capabilities()).level());

        machine.file("/proc/self/status", "CapEff:\t0000000000800000");
        assertTrue(first(new Capabilities()).fix().contains("AmbientCapabilities=CAP_NET_ADMIN"));
    }

    @Test
    void shouldSayWhatVfioLacks() {
        assertEquals(List.of(), new VfioCheck().findings(machine.host()));
        machine.nic("0000:06:00.0", "iavf", "ens6", "52:54:00:00:00:06");
        assertTrue(first(new VfioCheck()).fix().contains("modprobe vfio-pci"));
        machine.folder("/sys/bus/pci/drivers/vfio-pci");
        assertEquals(Level.PROBLEM, first(new VfioCheck()).level());
        machine.file("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y");
        assertEquals(Level.NOTE, first(new VfioCheck()).level());
        machine.folder("/sys/class/iommu/dmar0");
        assertEquals(Level.OK, first(new VfioCheck()).level());
    }

    @Test
    void shouldTellWhoHasADevice() {
        machine.nic("0000:05:00.0", "vfio-pci", "none", "").nic("0000:06:00.0", "iavf", "ens6", "52:54:00:00:00:06");
        List<Finding> found = new DeviceCheck().findings(machine.host());
        assertTrue(found.get(0).text().contains("no IOMMU group")
                || found.get(0).fix().contains("IOMMU group"));

        machine.file("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y");
        found = new DeviceCheck().findings(machine.host());
        assertEquals(Level.OK, found.get(0).level());
        assertEquals(Level.NOTE, found.get(1).level());
        assertTrue(
                found.get(1).text().startsWith("0000:06:00.0 (iavf, ens6, 52:54:00:00:00:06) belongs to the kernel"));
    }

    private MachineChecksTest pages(String size, int free, int all) {
        String folder = "/sys/kernel/mm/hugepages/" + size;
        machine.file(folder + "/free_hugepages", "" + free).file(folder + "/nr_hugepages", "" + all);
        return this;
    }

    private Finding first(Check check) {
        return check.findings(machine.host()).getFirst();
    }
}
