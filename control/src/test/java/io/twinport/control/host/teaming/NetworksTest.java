package io.twinport.control.host.teaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pair's networks: of what kind they are, and whether both hosts have the same. */
class NetworksTest {
    private static final String FORWARD = "(?s)<forward.*</forward>";

    private static String persistent(String forward) {
        return Documents.PERSISTENT_NET.replaceFirst(FORWARD, forward);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    <forward mode='nat'/><bridge name='virbr0'/>                  | error E7 vm.xml:12:7   | NAT
                    <forward/><bridge name='virbr0'/>                             | error E7 vm.xml:12:7   | NAT
                    <forward mode='route' dev='ens4f0'/><bridge name='virbr0'/>   | error E7 vm.xml:12:7   | routed
                    <forward mode='open'/><bridge name='virbr0'/>                 | error E7 vm.xml:12:7   | routed
                    <bridge name='virbr0'/>                                       | error E7 vm.xml:12:7   | isolated
                    <forward mode='none'/>                                        | error E7 vm.xml:12:7   | isolated
                    <forward mode='hostdev' managed='yes'><pf dev='a'/></forward> | error E7 vm.xml:12:7   | a pool of VFs
                    <forward mode='private'><interface dev='a'/></forward>        | error E9 n1.xml:3:3    | private
                    <forward mode='passthrough'><pf dev='a'/></forward>           | error E9 n1.xml:3:3    | passthrough
                    <forward mode='vepa'><interface dev='a'/></forward>           | warning E9 n1.xml:3:3  | VEPA
                    <forward mode='bridge'/>                                      | warning E7 vm.xml:12:7 | does not know
                    <forward mode='other'/>                                       | warning E7 vm.xml:12:7 | does not know
                    """)
    void shouldJudgeTheStandbysNetwork(String forward, String found, String words) {
        Documents documents = new Documents().with(Documents.HOSTDEV, persistent(forward));
        assertEquals(List.of(found), documents.found());
        assertTrue(documents.findings().getFirst().text().contains(words), documents.findings()::toString);
    }

    @Test
    void shouldJudgeABridgeByItsNetwork() {
        String domain = Documents.HOSTDEV
                .replace("<interface type='network'>", "<interface type='bridge'>")
                .replace("<source network='persistent-net'/>", "<source bridge='lan0'/>");
        String nat = persistent("<forward mode='nat'/><bridge name='lan0'/>");
        assertEquals(List.of(), new Documents().with(domain).found());
        assertEquals(
                List.of("error E7 vm.xml:12:7"),
                new Documents().with(domain, nat).found());
    }

    @Test
    void shouldJudgeThePrimarysNetwork() {
        Documents pool = new Documents()
                .with(
                        Documents.POOL,
                        Documents.PERSISTENT_NET,
                        Documents.BRIDGED_NET.replace("persistent", "transient"));
        assertEquals(List.of("error E8 vm.xml:20:7"), pool.found());
        Documents lent = new Documents()
                .with(Documents.POOL, Documents.PERSISTENT_NET, Documents.TRANSIENT_NET.replace(" managed='yes'", ""));
        assertEquals(List.of("warning E12 n2.xml:3:3"), lent.found());
        Documents other = new Documents()
                .with(Documents.POOL, Documents.PERSISTENT_NET, Documents.TRANSIENT_NET.replace("ens4f0", "ens5"));
        assertEquals(List.of("warning E8 vm.xml:12:7"), other.found());
    }

    /** Only where all of a host are known is one that is not there missing. */
    @Test
    void shouldMissANetworkThatIsNotThere() {
        assertEquals(
                List.of(),
                new Documents().with(Documents.POOL, Documents.PERSISTENT_NET).found());
        assertEquals(
                List.of("error H1 vm.xml:20:7"),
                new Documents()
                        .with(Documents.POOL, Documents.PERSISTENT_NET)
                        .complete()
                        .found());
    }

    @Test
    void shouldCompareTheHostsOfAMigration() {
        String[] here = {Documents.POOL, Documents.PERSISTENT_NET, Documents.TRANSIENT_NET};
        assertEquals(
                List.of(),
                new Documents()
                        .with(here)
                        .target(Documents.PERSISTENT_NET, Documents.TRANSIENT_NET)
                        .found());
        assertEquals(
                List.of("error H1 vm.xml:12:7", "error H1 vm.xml:20:7"),
                new Documents().with(here).target().found());
        assertEquals(
                List.of("warning H1 t3.xml:1:1"),
                new Documents()
                        .with(here)
                        .target(Documents.BRIDGED_NET, Documents.TRANSIENT_NET)
                        .found());
        assertEquals(
                List.of("error H1/E7 t3.xml:1:1", "error H1/E8 t4.xml:1:1"),
                new Documents()
                        .with(here)
                        .target(
                                persistent("<forward mode='nat'/><bridge name='virbr0'/>"),
                                Documents.BRIDGED_NET.replace("persistent", "transient"))
                        .found());
        assertEquals(
                List.of("warning H11 t3.xml:1:1", "warning H4 t3.xml:1:1", "warning E12 t4.xml:1:1"),
                new Documents()
                        .with(here)
                        .target(
                                Documents.PERSISTENT_NET.replace(
                                        "</name>", "</name><mtu size='9000'/><vlan><tag id='7'/></vlan>"),
                                Documents.TRANSIENT_NET.replace(" managed='yes'", ""))
                        .found());
        assertEquals(
                List.of("warning H1/H2 vm.xml:20:7"),
                new Documents()
                        .with(Documents.HOSTDEV, Documents.PERSISTENT_NET)
                        .target(Documents.PERSISTENT_NET)
                        .found());
    }

    @Test
    void shouldRefuseTwoOfOneName() {
        Documents two = new Documents().with(Documents.POOL, Documents.PERSISTENT_NET, Documents.BRIDGED_NET);
        assertEquals(
                "n2.xml:1:1: there is already a network 'persistent-net', at n1.xml:1:1. Give one of them.",
                assertThrows(UserException.class, two::findings).getMessage());
        Documents none = new Documents().with(Documents.POOL, "<network/>");
        assertThrows(UserException.class, none::findings);
        assertThrows(UserException.class, () -> new Documents().with("<interface/>"));
    }
}
