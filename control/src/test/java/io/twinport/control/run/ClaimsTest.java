package io.twinport.control.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.UserException;
import io.twinport.dataplane.Sides;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One thing, given twice, in all the ways in which it can be written. */
class ClaimsTest {
    private static final String MAC = "52:54:00:12:34:56";

    /** @param port primary, standby and handler, with a star before a standby that the kernel drives; '-' for none */
    private static void add(Claims claims, String name, String port) {
        String[] parts = port.strip().split(" +");
        List<SideSpec> sides = new ArrayList<>();
        if (!parts[0].equals("-")) {
            sides.add(SideSpec.parse(Sides.PRIMARY, parts[0]));
        }
        if (!parts[1].equals("-")) {
            boolean isKernels = parts[1].startsWith("*");
            SideDriver driver = isKernels ? SideDriver.KERNEL : SideDriver.DPDK;
            sides.add(SideSpec.parse(Sides.STANDBY, isKernels ? parts[1].substring(1) : parts[1], driver));
        }
        claims.add(name, sides, HandlerSpec.parse(parts.length > 2 ? parts[2] : "sink"));
    }

    private static String failure(String... ports) {
        return String.valueOf(assertThrows(UserException.class, () -> addAll(ports), () -> String.join("; ", ports))
                .getMessage());
    }

    private static void addAll(String... ports) {
        Claims claims = new Claims();
        for (int i = 0; i < ports.length; i++) {
            add(claims, List.of("wan", "lan").get(i), ports[i]);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            net_null0 net_null0                                   | --primary and --standby both have net_null0: they must be two devices
            net_tap0 net_tap0,iface=x                             | both have net_tap0
            05:00.0 00000000:05:00.0                              | both have 0000:05:00.0
            0000:0A:00.0 *0a:00.0                                 | both have 0000:0a:00.0
            net_af_packet0,iface=eth1 net_af_packet1,iface=eth1   | both have the interface eth1
            net_af_packet0,iface=eth1 net_pcap1,rx_iface=eth1     | both have the interface eth1
            net_af_packet0,iface=eth1 *eth1                       | both have the interface eth1
            net_tap0,iface=tw0 - tap:tw0                          | --primary and --handler both have the interface tw0: each needs one of its own
            - *later0 tap:later0                                  | --standby and --handler both have the interface later0
            net_vhost0,iface=/run/s net_vhost1,iface=/run/../run/s | both have the socket /run/s
            net_virtio_user0,path=/run/s net_vhost1,iface=/run/s  | both have the socket /run/s
            """)
    void shouldRefuseOneThingForTwoThingsOfAPort(String port, String part) {
        String message = failure(port);
        assertTrue(message.contains(part), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            05:00.0 -                   | 0000:05:00.0 -             | both have 0000:05:00.0 (--primary)
            - *eth1                     | net_af_packet0,iface=eth1 - | both have the interface eth1 (--primary)
            net_null0 - tap:tw0         | net_null1 - tap:tw0        | both have the interface tw0 (--handler)
            mac:52:54:00:12:34:56 -     | - mac:52:54:00:12:34:56    | both have the devices with the MAC address 52:54:00:12:34:56
            - *mac:52:54:00:12:34:56    | auto mac:52:54:00:12:34:56 | both have the devices with the MAC address
            auto auto                   | auto auto                  | both have the only pair that 'auto' can mean
            auto *auto                  | - auto                     | both have the only pair that 'auto' can mean
            """)
    void shouldRefuseOneThingForTwoPorts(String one, String other, String part) {
        String message = failure(one, other);
        assertTrue(message.startsWith("the ports wan and lan both have "), message);
        assertTrue(message.contains(part), message);
    }

    /** A pair has one address, which may be said of either side, or of both (R13). */
    @ParameterizedTest
    @ValueSource(strings = {"mac:%s mac:%s", "mac:%s *mac:%s", "auto mac:%s", "mac:%s auto", "mac:%s *auto"})
    void shouldTakeAPairByItsAddress(String port) {
        addAll(port.replace("%s", MAC), "auto auto");
    }

    @Test
    void shouldTakeWhatIsDifferent() {
        addAll("05:00.0 *eth1 tap:wan", "05:00.1 *eth2 tap:lan");
        addAll("net_virtio_user0,path=/dev/vhost-net net_virtio_user1,path=/dev/vhost-net");
        addAll("05:00.0 auto", "06:00.0 auto");
        addAll("net_pcap0,rx_iface=p0,tx_iface=p0 net_af_packet0,iface=p1");
    }

    @Test
    void shouldKeepTheControlSocketFromSides() {
        Claims claims = new Claims();
        claims.addControlSocket(Path.of("/run/twinport.sock"));
        String message = String.valueOf(
                assertThrows(UserException.class, () -> add(claims, "wan", "net_vhost0,iface=/run/twinport.sock -"))
                        .getMessage());
        assertEquals(
                "--control-socket and --primary both have the socket /run/twinport.sock: each needs one of its own.",
                message);
    }

    @Test
    void shouldHaveRoomForFifteenPorts() {
        Claims claims = new Claims();
        for (int i = 0; i < 15; i++) {
            add(claims, "p" + i, "net_null" + i + " -");
        }
        String message = String.valueOf(assertThrows(UserException.class, () -> add(claims, "p15", "net_null15 -"))
                .getMessage());
        assertTrue(message.contains("more than the 15"), message);
    }
}
