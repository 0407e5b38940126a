package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReleaseTest {
    @ParameterizedTest
    @ValueSource(strings = {"DPDK 22.11", "DPDK 22.11.0", "DPDK 22.11.11", "DPDK 22.11.0-rc4"})
    void shouldRecognise2211(String version) {
        assertEquals(Optional.of(Release.V22_11), Release.of(version));
    }

    @ParameterizedTest
    @ValueSource(strings = {"DPDK 24.11", "DPDK 24.11.4", "DPDK 24.11.0-rc1"})
    void shouldRecognise2411(String version) {
        assertEquals(Optional.of(Release.V24_11), Release.of(version));
    }

    /** 25.03 and 25.07 share the soname of 24.11, but nobody has compared their internal layouts. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "DPDK 25.03.0",
                "DPDK 25.07.0",
                "DPDK 25.11.0",
                "DPDK 23.11.2",
                "DPDK 22.07.0",
                "DPDK 22.110.1",
                "DPDK 22x11.1",
                "22.11.11",
                ""
            })
    void shouldRefuseAllOthers(String version) {
        assertEquals(Optional.empty(), Release.of(version));
    }

    @Test
    void shouldNameWhatItKnows() {
        assertEquals("22.11, 24.11", Release.titles());
    }

    /** The number in the libraries' names, and where the bindings are. */
    @Test
    void shouldKnowLibrariesAndBindings() {
        assertEquals(23, Release.V22_11.abiVersion());
        assertEquals(25, Release.V24_11.abiVersion());
        assertEquals("io.twinport.dpdk.v24_11", Release.V24_11.bindings());
    }
}
