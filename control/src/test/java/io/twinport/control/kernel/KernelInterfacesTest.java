package io.twinport.control.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelInterfacesTest {
    private static final String MAC = "52:54:00:00:00:01";
    private static final String VIRTIO = "0000:02:00.0";

    @TempDir
    private Path sysfs;

    private KernelInterfaces interfaces;
    private FakeInterfaces kernel;

    @BeforeEach
    void boot() {
        interfaces = new KernelInterfaces(sysfs);
        kernel = new FakeInterfaces(sysfs);
    }

    private static List<String> names(List<KernelInterface> found) {
        return found.stream().map(KernelInterface::name).toList();
    }

    private void plugPair() throws IOException {
        kernel.virtio(VIRTIO, "virtio1", true);
        kernel.add("eth0", 2, MAC, "virtio1");
        kernel.add("eth1", 3, MAC, "virtio1");
        kernel.enslave("eth1", "eth0");
        kernel.pci("0000:01:00.0", "iavf");
        kernel.add("eth2", 4, MAC, "0000:01:00.0");
        kernel.enslave("eth2", "eth0");
    }

    @Test
    void shouldFindTheStandbyBelowTheFailoverDeviceWhateverItIsCalledBy() throws IOException {
        plugPair();
        KernelInterface standby = new KernelInterface("eth1", 3, MAC, "virtio_net", Optional.of("eth0"), true);
        assertEquals(Optional.of(standby), interfaces.ofDevice(VIRTIO));
        assertEquals(Optional.of(standby), interfaces.named("eth1"));
        assertEquals(Optional.of(standby), interfaces.named("eth0"));
        assertEquals(Optional.of("eth0"), standby.failoverDevice());
        assertEquals(List.of("eth1", "eth2"), names(interfaces.withMac(MAC)));
    }

    /** R8: the failover device is there before the standby. */
    @Test
    void shouldWaitForTheStandbyWhileOnlyItsFailoverDeviceIsThere() throws IOException {
        kernel.virtio(VIRTIO, "virtio1", true);
        kernel.add("eth0", 2, MAC, "virtio1");
        assertEquals(Optional.empty(), interfaces.ofDevice(VIRTIO));
        assertEquals(Optional.empty(), interfaces.named("eth0"));
    }

    @Test
    void shouldTellOtherMastersFromFailoverDevices() throws IOException {
        kernel.virtio(VIRTIO, "virtio1", false);
        kernel.add("eth0", 2, MAC, "virtio1");
        kernel.add("br0", 3, "52:54:00:00:00:02", "");
        kernel.enslave("eth0", "br0");
        KernelInterface found = interfaces.ofDevice(VIRTIO).orElseThrow();
        assertEquals(Optional.of("br0"), found.master());
        assertEquals(Optional.empty(), found.failoverDevice());
    }

    @Test
    void shouldNotTakeInterfacesWithoutDeviceForOnesOfThatAddress() throws IOException {
        kernel.add("tap0", 2, MAC, "");
        kernel.pci("0000:01:00.0", "iavf");
        kernel.add("eth0", 3, MAC, "0000:01:00.0");
        assertEquals(List.of("eth0"), names(interfaces.withMac(MAC.toUpperCase(java.util.Locale.ROOT))));
        assertEquals("tap0", interfaces.named("tap0").orElseThrow().name());
        assertEquals(Optional.empty(), interfaces.named("none"));
        assertEquals(Optional.empty(), interfaces.ofDevice("0000:09:00.0"));
        Files.delete(sysfs.resolve("class/net/eth0/ifindex"));
        assertEquals(Optional.empty(), interfaces.named("eth0"), "it is just going");
    }
}
