package io.twinport.control.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterfaceUseTest {
    private static final String ROUTES =
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
    private static final String ANY = "00000000000000000000000000000000";

    @TempDir
    private Path root;

    private Path ens5;

    @BeforeEach
    void boot() throws IOException {
        ens5 = Files.createDirectories(root.resolve("sys/class/net/ens5"));
        Files.writeString(ens5.resolve("ifindex"), "1000005\n");
        Files.createDirectories(root.resolve("proc/net"));
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(root.resolve("proc/net").resolve(file), text);
    }

    private List<String> uses() {
        return new InterfaceUse(root.resolve("proc"))
                .of(ens5).stream().map(InterfaceUse.Use::text).toList();
    }

    /** What the kernel does by itself on an interface that is up. */
    @Test
    void shouldNotTakeTheKernelsOwnDoingForUse() throws IOException {
        write("if_inet6", "fe80000000000000505400fffe000001 f4245 40 20 80     ens5\n");
        write(
                "ipv6_route",
                "fe800000000000000000000000000000 40 " + ANY + " 00 " + ANY
                        + " 00000100 00000001 00000000 00000001 ens5\n"
                        + "fe80000000000000505400fffe000001 80 " + ANY + " 00 " + ANY
                        + " 00000000 00000003 00000000 80200001 ens5\n"
                        + "ff000000000000000000000000000000 08 " + ANY + " 00 " + ANY
                        + " 00000100 00000002 00000000 00000001 ens5\n");
        write("route", ROUTES + "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
        assertEquals(List.of(), uses());
    }

    @Test
    void shouldTellEachUse() throws IOException {
        write("if_inet6", "20010db8000000000000000000000009 f4245 40 00 80     ens5\n");
        assertEquals(List.of("has the address 2001:db8:0:0:0:0:0:9"), uses());
        write("if_inet6", "");

        write("route", ROUTES + "ens5\t006433C6\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");
        assertEquals(List.of("has a route to 198.51.100.0/24"), uses());
        write("route", ROUTES + "ens5\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
        assertEquals(List.of("has the default route"), uses());
        write("route", ROUTES);
        write(
                "ipv6_route",
                ANY + " 00 " + ANY + " 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003 ens5\n");
        assertEquals(List.of("has the default route"), uses());
        write(
                "ipv6_route",
                "20010db8000000000000000000000000 20 " + ANY + " 00 " + ANY
                        + " 00000400 00000002 00000000 00000003 ens5\n");
        assertEquals(List.of("has a route to 2001:0db8:0000:0000:0000:0000:0000:0000/32"), uses());
        write("ipv6_route", "");

        Files.createDirectories(root.resolve("sys/class/net/br0"));
        Files.createSymbolicLink(ens5.resolve("master"), root.resolve("sys/class/net/br0"));
        Files.createSymbolicLink(ens5.resolve("upper_br0"), root.resolve("sys/class/net/br0"));
        assertEquals(List.of("belongs to br0"), uses());
        Files.createDirectories(ens5.resolve("upper_vlan7"));
        Files.createDirectories(ens5.resolve("upper_mv0"));
        assertEquals(List.of("belongs to br0", "is below mv0", "is below vlan7"), uses());
    }

    @Test
    void shouldSayHowToEndAll() throws IOException {
        write("route", ROUTES + "ens5\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
        Files.createDirectories(ens5.resolve("upper_mv0"));
        List<InterfaceUse.Use> uses = new InterfaceUse(root.resolve("proc")).of(ens5);
        assertEquals("has the default route, is below mv0", InterfaceUse.describe(uses));
        assertEquals("ip route delete default dev ens5; ip link delete mv0", InterfaceUse.howToEnd(uses));
    }
}
