package io.twinport.dataplane.virtio;

import static io.twinport.dataplane.virtio.VirtioLayout.TYPE_COMMON;
import static io.twinport.dataplane.virtio.VirtioLayout.TYPE_DEVICE;
import static io.twinport.dataplane.virtio.VirtioLayout.TYPE_NOTIFY;
import static io.twinport.dataplane.virtio.VirtioLayout.TYPE_WINDOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.DpdkException;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VirtioCapabilitiesTest {
    private static VirtioCapabilities read(ConfigSpace config) {
        return VirtioCapabilities.read(config);
    }

    /** As QEMU's virtio-net-pci has them, other vendors' and types' between. */
    private static ConfigSpace qemu() {
        return new ConfigSpace()
                .with(0x40, 0x10, 60, 0, 0, 0, 0)
                .with(0x84, TYPE_WINDOW, 0, 0, 0)
                .with(0x70, TYPE_NOTIFY, 4, 0x3000, 0x1000)
                .with(0x60, TYPE_DEVICE, 4, 0x2000, 0x1000)
                .with(0x50, 3, 4, 0x1000, 0x1000)
                .with(0x98, TYPE_COMMON, 4, 0, 0x1000);
    }

    @Test
    void shouldFindStructures() {
        VirtioCapabilities capabilities = read(qemu());
        assertEquals(
                new VirtioCapabilities.Capability(0x60, 20, 4, 0x2000, 0x1000),
                capabilities.need(TYPE_DEVICE, "device", 8));
        assertEquals(0x98, capabilities.need(TYPE_COMMON, "common", 56).at());
        assertEquals(0x84, capabilities.find(TYPE_WINDOW).orElseThrow().at());
        assertEquals(Optional.empty(), capabilities.find(77));
    }

    @Test
    void shouldTakeFirstOfSeveral() {
        ConfigSpace config = new ConfigSpace().with(0x40, TYPE_COMMON, 4, 0, 64).with(0x60, TYPE_COMMON, 2, 0, 64);
        assertEquals(4, read(config).find(TYPE_COMMON).orElseThrow().bar());
    }

    @Test
    void shouldPassOverReservedBarsAndShortCapabilities() {
        ConfigSpace config = new ConfigSpace()
                .with(0x40, TYPE_COMMON, 6, 0, 64)
                .with(0x60, ConfigSpace.VENDOR_SPECIFIC, 12, TYPE_COMMON, 1, 0, 64)
                .with(0x80, TYPE_COMMON, 5, 0, 64);
        assertEquals(5, read(config).find(TYPE_COMMON).orElseThrow().bar());
    }

    @Test
    void shouldEndWhereListIsLoop() {
        ConfigSpace config = new ConfigSpace()
                .with(0x40, TYPE_COMMON, 4, 0, 64)
                .with(0x60, TYPE_NOTIFY, 4, 0, 64)
                .point(0x40);
        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertEquals(
                        4, read(config).find(TYPE_NOTIFY).orElseThrow().bar()));
    }

    @Test
    void shouldEndWhereListLeavesConfigurationSpace() {
        ConfigSpace atEnd = new ConfigSpace().with(0x40, TYPE_COMMON, 4, 0, 64).point(0xfc);
        assertTrue(read(atEnd).find(TYPE_COMMON).isPresent());
        assertEquals(Optional.empty(), read(new ConfigSpace().point(0x10)).find(TYPE_COMMON));
    }

    @Test
    void shouldFindNothingWhereThereIsNoList() {
        ConfigSpace config = qemu();
        config.write(6, 2, 0);
        assertEquals(Optional.empty(), read(config).find(TYPE_COMMON));
    }

    @Test
    void shouldFindNothingInDeviceThatIsGone() {
        VirtioCapabilities capabilities = VirtioCapabilities.read(MemoryRegisters.gone());
        assertThrows(DpdkException.class, () -> capabilities.need(TYPE_COMMON, "common", 56));
    }

    @Test
    void shouldRefuseStructureThatIsTooShort() {
        VirtioCapabilities capabilities = read(new ConfigSpace().with(0x40, TYPE_COMMON, 4, 0, 55));
        DpdkException e = assertThrows(DpdkException.class, () -> capabilities.need(TYPE_COMMON, "common", 56));
        assertTrue(e.toString().contains("too short"), e::toString);
    }

    @Test
    void shouldSurviveAnyConfigurationSpace() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> {
                    for (int i = 0; i < 10_000; i++) {
                        ConfigSpace config = new ConfigSpace();
                        for (int at = 0x34; at < 256; at++) {
                            config.write(
                                    at, 1, random.nextInt(3) == 0 ? ConfigSpace.VENDOR_SPECIFIC : random.nextInt());
                        }
                        VirtioProbe.offered(config);
                    }
                },
                "seed " + seed);
    }

    /** The shortest that there is, the last that there can be, and a structure of just the bytes that are needed. */
    @Test
    void shouldTakeWhatIsJustLongEnough() {
        ConfigSpace config = new ConfigSpace()
                .with(0x40, ConfigSpace.VENDOR_SPECIFIC, 16, TYPE_NOTIFY, 1, 0, 64)
                .with(0xf0, ConfigSpace.VENDOR_SPECIFIC, 16, TYPE_COMMON, 2, 0, 56);
        VirtioCapabilities capabilities = read(config);
        assertEquals(16, capabilities.find(TYPE_NOTIFY).orElseThrow().bytes());
        assertEquals(2, capabilities.need(TYPE_COMMON, "common", 56).bar());
    }

    @Test
    void shouldPassOverWhatDoesNotEndInConfigurationSpace() {
        ConfigSpace config = new ConfigSpace().with(0xf0, ConfigSpace.VENDOR_SPECIFIC, 17, TYPE_COMMON, 2, 0, 56);
        assertEquals(Optional.empty(), read(config).find(TYPE_COMMON));
    }
}
