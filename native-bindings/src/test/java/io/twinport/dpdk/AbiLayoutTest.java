package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.testing.ChildJvm;
import io.twinport.dpdk.testing.Dpdk2411;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares every offset, size and constant that we use with what the C compiler makes of DPDK's headers. */
class AbiLayoutTest {
    @TempDir
    Path folder;

    @Test
    void shouldAgreeWithCompilerOnInstalledRelease() throws Exception {
        DpdkLibraries.load();
        List<String> flags = pkgConfig("--cflags");
        assertTrue(
                pkgConfig("--modversion").getFirst().startsWith(Abi.release().title() + "."),
                "the installed headers and the installed library are of different releases");

        Map<String, Long> ours = AbiLookUps.values();

        assertAgrees(ours, CLayout.ask(keys(ours), flags, folder));
    }

    @Test
    void shouldAgreeWithCompilerOn2411() throws Exception {
        Dpdk2411 dpdk = Dpdk2411.fetch();
        ChildJvm.Result child = dpdk.jvm().run(AbiLookUps.class);
        assertEquals(0, child.exitCode(), child::toString);
        assertEquals("24.11", child.value("release"));

        Map<String, Long> ours = new TreeMap<>();
        AbiLookUps.keys().forEach(key -> ours.put(key, Long.valueOf(child.value("abi " + key))));

        assertAgrees(ours, CLayout.ask(keys(ours), dpdk.compilerFlags(), folder));
    }

    @Test
    void shouldLookUpOnlyWhatSourcesName() {
        // The scan of the sources is complete only if it finds what the classes have really asked for.
        DpdkLibraries.load();
        AbiBits.initialize();
        Map<String, Long> used = Map.copyOf(Abi.USED);
        assertTrue(used.size() >= 20, used::toString);
        assertTrue(AbiLookUps.keys().containsAll(used.keySet()), used::toString);
    }

    /** What was looked up, and the constants that were written by hand. */
    private static Set<String> keys(Map<String, Long> lookedUp) {
        Set<String> keys = new TreeSet<>(lookedUp.keySet());
        AbiBits.byHand().keySet().stream()
                .filter(key -> key.startsWith("constant "))
                .forEach(keys::add);
        return keys;
    }

    private static void assertAgrees(Map<String, Long> ours, Map<String, Long> compiler) {
        Map<String, Long> all = new TreeMap<>(ours);
        all.putAll(AbiBits.byHand());
        assertEquals(compiler, all);
        assertTrue(ours.size() >= 40, () -> "so few look-ups cannot be all: " + ours.keySet());
    }

    private static List<String> pkgConfig(String option) throws Exception {
        ChildJvm.Result result = ChildJvm.run(List.of("pkg-config", option, "libdpdk"));
        assertEquals(
                0, result.exitCode(), () -> "DPDK's headers are missing: ./twinport setup installs them. " + result);
        return Arrays.asList(result.lines().getFirst().trim().split("\\s+"));
    }
}
