package io.twinport.control.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.control.program.Answer;
import io.twinport.control.program.FakePrograms;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VirshTest {
    private static final String URI = "qemu:///system";
    private static final String VIRSH = "virsh --connect=" + URI + " --readonly --quiet ";

    private final FakePrograms programs = new FakePrograms();
    private final Virsh virsh = new Virsh(programs, URI);

    @Test
    void shouldReadADomainAndItsNetworks() {
        programs.answer(VIRSH + "dumpxml --domain=-vm01", 0, "<domain/>")
                .answer(VIRSH + "net-dumpxml --network=lan", 0, "<network/>")
                .answer(
                        VIRSH + "net-dumpxml --network=none",
                        new Answer(
                                1, "", "error: failed to get network 'none'\nerror: Network not found: no network\n"));
        assertArrayEquals("<domain/>".getBytes(StandardCharsets.UTF_8), virsh.domain("-vm01"));
        assertTrue(virsh.network("lan").isPresent());
        assertEquals(Optional.empty(), virsh.network("none"));
    }

    /** That a network cannot be asked for does not mean that there is none. */
    @Test
    void shouldSayWhatCannotBeRead() {
        programs.answer(VIRSH + "dumpxml", new Answer(1, "", "error: failed to connect\nerror: no socket.\n"));
        assertEquals(
                "--connect or --target qemu:///system: the domain vm01 cannot be read: error: no socket. Try: virsh -c"
                        + " qemu:///system list --all; or give files.",
                assertThrows(UserException.class, () -> virsh.domain("vm01")).getMessage());
        assertTrue(String.valueOf(assertThrows(UserException.class, () -> virsh.network("lan"))
                        .getMessage())
                .contains("virsh is not installed"));
    }
}
