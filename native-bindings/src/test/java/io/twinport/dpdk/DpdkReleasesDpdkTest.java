package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.testing.ChildJvm;
import io.twinport.dpdk.testing.Dpdk2411;
import org.junit.jupiter.api.Test;

/** The same program forwards on each release that we say we support, though their layouts differ. */
class DpdkReleasesDpdkTest {
    @Test
    void shouldForwardOnInstalledRelease() throws Exception {
        assertForwarded(new ChildJvm().run(ForwardingMain.class), "DPDK 2[24]\\.11.*");
    }

    @Test
    void shouldForwardOn2411() throws Exception {
        assertForwarded(Dpdk2411.fetch().jvm().run(ForwardingMain.class), "DPDK 24\\.11\\.\\d+.*");
    }

    private static void assertForwarded(ChildJvm.Result result, String version) {
        assertEquals(0, result.exitCode(), result::toString);
        assertTrue(result.value("version").matches(version), result::toString);
        assertEquals("net_virtio_user", result.value("driver"));
        assertEquals("02:00:00:00:00:01", result.value("mac"));
        assertEquals("" + ForwardingMain.THERE, result.value("there"));
        assertEquals("" + ForwardingMain.BACK, result.value("back"));
        assertEquals(ForwardingMain.THERE + " " + ForwardingMain.BACK, result.value("stats"));
        assertEquals("seen", result.value("down"));
        assertEquals("seen", result.value("up"));
        assertEquals("true", result.value("aligned"));
        assertEquals("0", result.value("missing"));
        assertEquals("yes", result.value("ended"));
    }
}
