package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.DriverQuirks.Quirk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriverQuirksTest {
    private static final Path README = Path.of("..", "dataplane", "README.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(net_\\w+)` \\| ((?:`[A-Z_]+`(?:, )?)+) \\|");

    /** EAL takes the driver whose name a device's begins with. */
    @ParameterizedTest
    @CsvSource({
        "net_null0, net_null",
        "net_virtio_user3, net_virtio_user",
        "net_virtio_user_left3, net_virtio_user",
        "'net_memif_a0,role=client', net_memif",
        "'net_af_packet_ens5,iface=ens5', net_af_packet",
        "net_bonding7, net_bonding"
    })
    void shouldKnowTheDriverOfAVirtualDevice(String devargs, String driver) {
        assertEquals(driver, DriverQuirks.ofVirtual(devargs).driver());
    }

    @Test
    void shouldHaveNothingOfDriversWithoutARow() {
        DriverQuirks ixgbe = DriverQuirks.of("net_ixgbe");
        assertEquals(Set.of(), ixgbe.quirks());
        assertEquals(List.of(), ixgbe.interfaceArguments());
        assertEquals("", ixgbe.socketArgument());
        assertFalse(ixgbe.has(Quirk.SENDS_AT_ONCE));
    }

    @Test
    void shouldKnowWhereADeviceIs() {
        assertEquals(
                List.of("iface", "rx_iface", "tx_iface"),
                DriverQuirks.of("net_pcap").interfaceArguments());
        assertEquals("iface", DriverQuirks.of("net_vhost").socketArgument());
        assertTrue(DriverQuirks.of("net_vhost").has(Quirk.LISTENS));
    }

    /** One way of having an address at most, so that the advice is one. */
    @Test
    void shouldSayOnceWhereAnAddressComesFrom() {
        Set<Quirk> ways = Set.of(
                Quirk.GIVEN_MAC, Quirk.MAC_OF_INTERFACE, Quirk.MAC_OF_INTERFACE_IF_TOLD, Quirk.OWN_MAC, Quirk.NO_MAC);
        for (String driver : DriverQuirks.ROWS.keySet()) {
            assertTrue(
                    DriverQuirks.of(driver).quirks().stream()
                                    .filter(ways::contains)
                                    .count()
                            <= 1,
                    driver);
        }
    }

    @Test
    void shouldBeAsTheReadmeSays() throws IOException {
        TreeMap<String, String> shown = ROW.matcher(Files.readString(README))
                .results()
                .collect(Collectors.toMap(
                        row -> row.group(1),
                        row -> sorted(Set.of(row.group(2).split(", "))),
                        (a, b) -> a,
                        TreeMap::new));
        TreeMap<String, String> table = DriverQuirks.ROWS.keySet().stream()
                .collect(Collectors.toMap(
                        driver -> driver,
                        driver -> sorted(DriverQuirks.of(driver).quirks().stream()
                                .map(quirk -> "`" + quirk + "`")
                                .collect(Collectors.toSet())),
                        (a, b) -> a,
                        TreeMap::new));
        assertEquals(table, shown);
    }

    private static String sorted(Set<String> words) {
        return words.stream().sorted().collect(Collectors.joining(", "));
    }
}
