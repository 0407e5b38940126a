package io.twinport.control.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.doctor.Finding.Level;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandbyCheckTest {
    private static final String MAC = "52:54:00:12:34:56";
    private static final String NO_FEATURES = "0".repeat(64);
    private static final String WITH_STANDBY = "0".repeat(62) + "10";
    private static final String WITH_PLATFORM = "0".repeat(33) + "1" + "0".repeat(30);

    @TempDir
    Path root;

    private FakeHost machine;

    @BeforeEach
    void beEmpty() {
        machine = new FakeHost(root);
    }

    private List<Finding> findings() {
        return new StandbyCheck().findings(machine.host());
    }

    /** Q8: who acknowledges the bit has the primary plugged in. */
    @Test
    void shouldWarnOfAKernelThatHasThePair() {
        machine.virtioNic("0000:01:00.0", "ens1", MAC, WITH_STANDBY);
        Finding standby = findings().getLast();
        assertEquals(Level.WARNING, standby.level());
        assertTrue(standby.fix().contains("--standby-driver twinport"), standby.fix());
    }

    /** Which is as it should be for who wants that. */
    @Test
    void shouldTellOfTheKernelsFailoverThatRuns() {
        machine.nic("0000:05:00.0", "iavf", "ens5", MAC)
                .virtioNic("0000:01:00.0", "ens1", MAC, WITH_STANDBY)
                .secondInterface("0000:01:00.0/virtio3", "ens1nsby", MAC)
                .master("ens1nsby", "ens1")
                .master("ens5", "ens1");
        Finding standby = findings().getLast();
        assertEquals(Level.NOTE, standby.level());
        assertTrue(standby.text().contains("and ens1 over it does the kernel's own failover"), standby.text());
    }

    @Test
    void shouldSayThatADeviceDoesNotTell() {
        machine.virtioNic("0000:01:00.0", "ens1", MAC, NO_FEATURES);
        assertEquals(
                "run twinport doctor as root, if you have not",
                findings().getLast().fix());
    }

    @Test
    void shouldWarnOfAStandbyThatGoesPastTheIommu() {
        machine.virtioNic("0000:01:00.0", "ens1", MAC, NO_FEATURES)
                .folder("/sys/bus/pci/devices/0000:01:00.0/iommu_group");
        Finding iommu = findings().getLast();
        assertEquals(Level.WARNING, iommu.level());
        assertTrue(iommu.fix().startsWith("QEMU: iommu_platform=on"), iommu.fix());
    }

    @Test
    void shouldMindTheIommuOnlyWhereItMatters() {
        machine.virtioNic("0000:01:00.0", "ens1", MAC, NO_FEATURES);
        assertEquals(1, findings().size(), "there is none");
        machine.folder("/sys/bus/pci/devices/0000:01:00.0/iommu_group")
                .file("/sys/bus/pci/devices/0000:01:00.0/virtio3/features", WITH_PLATFORM);
        assertEquals(1, findings().size(), "the device knows it");
    }
}
