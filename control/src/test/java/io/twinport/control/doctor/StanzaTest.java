package io.twinport.control.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StanzaTest {
    private static final String INTERFACES = "/etc/network/interfaces";
    private static final String CLOUD = "/etc/network/interfaces.d/50-cloud-init";

    @TempDir
    private Path root;

    private List<Stanza> of(String name) {
        FakeHost machine = new FakeHost(root).file(INTERFACES, """
                        auto ens1 ens5
                        # iface ens5 inet static
                        iface ens5 inet dhcp
                            mtu 1500
                        iface ens50 inet dhcp
                        iface ens1
                        """).file(CLOUD, "\n  iface\tens5  inet6 manual  \n");
        return Stanza.of(machine.host(), List.of(INTERFACES, CLOUD), name);
    }

    @Test
    void shouldFindWhatIsSaidOfAnInterfaceAndWhere() {
        assertEquals(
                List.of(
                        new Stanza("ens5", INTERFACES, 3, "iface ens5 inet dhcp"),
                        new Stanza("ens5", CLOUD, 2, "iface\tens5  inet6 manual")),
                of("ens5"));
        assertEquals(INTERFACES + ":3", of("ens5").getFirst().place());
        assertEquals(List.of(), of("ens1"), "without a family it is none");
    }

    @Test
    void shouldSayHowItGetsNoAddress() {
        assertFalse(of("ens5").getFirst().isManual());
        assertEquals("iface ens5 inet manual", of("ens5").getFirst().manual());
        assertTrue(of("ens5").getLast().isManual());
        assertEquals("iface ens5 inet6 manual", of("ens5").getLast().manual());
    }
}
