package io.twinport.control.doctor;

import static io.twinport.control.doctor.FakeHost.MAC;
import static io.twinport.control.doctor.FakeHost.NO_FEATURES;
import static io.twinport.control.doctor.FakeHost.WITH_STANDBY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.doctor.Finding.Level;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandbyCheckTest {
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
        assertTrue(standby.fix().contains("our driver acknowledges it"), standby.fix());
    }

    /** Which is as it should be for who wants that. */
    @Test
    void shouldTellOfTheKernelsFailoverThatRuns() {
        machine.kernelFailover();
        Finding standby = findings().getLast();
        assertEquals(Level.NOTE, standby.level());
        assertTrue(standby.text().contains("and ens1 over it does the failover"), standby.text());
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
