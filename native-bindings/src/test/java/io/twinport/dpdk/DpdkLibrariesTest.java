package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.testing.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DpdkLibrariesTest {
    @TempDir
    Path folder;

    /** 25.07 has the soname of 24.11: the number in the file's name is not to be believed. */
    @ParameterizedTest
    @CsvSource({"24, DPDK 23.11.2", "25, DPDK 25.07.0", "26, DPDK 25.11.0"})
    void shouldRefuseUnknownReleaseByName(int abiVersion, String version) throws Exception {
        Path library = compileEal(abiVersion, version);

        String message = load().value("refused");

        assertTrue(message.startsWith(version + " ("), message);
        assertTrue(message.contains(library.toString()), message);
        assertTrue(message.contains("22.11, 24.11"), message);
        assertTrue(message.contains("-Dtwinport.dpdk.dir="), message);
    }

    @Test
    void shouldRefuseFileThatIsNoLibrary() throws Exception {
        Path library = Files.writeString(folder.resolve("librte_eal.so.23"), "not a library");

        String message = load().value("refused");

        assertTrue(message.startsWith(library + " cannot be loaded: "), message);
    }

    @Test
    void shouldLookInUsualFoldersWhenNamedOneIsEmpty() throws Exception {
        assertTrue(Release.titles().contains(load().value("loaded")));
    }

    @Test
    void shouldRefuseOtherArchitecturesByName() {
        assertDoesNotThrow(() -> DpdkLibraries.checkArchitecture("amd64"));
        for (String other : List.of("aarch64", "riscv64", "x86")) {
            DpdkException e = assertThrows(DpdkException.class, () -> DpdkLibraries.checkArchitecture(other));
            assertTrue(e.toString().contains("twinport does not run on " + other), e::toString);
        }
    }

    private ChildJvm.Result load() throws Exception {
        ChildJvm.Result result = new ChildJvm()
                .with("-D" + DpdkLibraries.DIRECTORY_PROPERTY + "=" + folder)
                .run(LoadingMain.class);
        assertEquals(0, result.exitCode(), result::toString);
        return result;
    }

    private Path compileEal(int abiVersion, String version) throws Exception {
        Path source = Files.writeString(
                folder.resolve("eal.c"), "const char *rte_version(void) { return \"" + version + "\"; }\n");
        Path library = folder.resolve("librte_eal.so." + abiVersion);
        ChildJvm.Result result =
                ChildJvm.run(List.of("gcc", "-shared", "-fPIC", "-o", library.toString(), source.toString()));
        assertEquals(0, result.exitCode(), result::toString);
        return library;
    }
}
