package io.twinport.control.plan;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.Executed;
import io.twinport.control.UserException;
import io.twinport.control.kernel.FakeInterfaces;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.device.FilterSettings;
import io.twinport.dataplane.failover.PortSettings;
import io.twinport.dataplane.testing.Detection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One kernel interface is wanted once, by whatever it is called. */
class InterfaceClaimsTest {
    private static final String MAC = "52:54:00:00:00:01";
    private static final RunSettings SETTINGS = new RunSettings(
            PortSettings.DEFAULT,
            1,
            new PortSpec(1500, Optional.empty(), FilterSettings.NONE),
            Detection.LINKS,
            new RunSettings.Announce(0, Duration.ofMillis(100), List.of()),
            Duration.ofSeconds(5));

    @TempDir
    private Path folder;

    private FakeInterfaces kernel;

    @BeforeEach
    void boot() throws IOException {
        kernel = new FakeInterfaces(folder.resolve("sys"));
        kernel.pci("0000:05:00.0", "mlx5_core");
        kernel.add("ens5", 1_000_005, MAC, "0000:05:00.0");
        kernel.virtio("0000:02:00.0", "virtio1", false);
        kernel.add("ens2", 1_000_002, MAC, "virtio1");
    }

    /** Of {@code config check} and of {@code run}, before anything is started. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "wan: {primary: 'net_af_packet0,iface=p0', standby: 'net_af_packet1,iface=p0'}",
                "wan: {primary: 'net_af_packet0,iface=p0', standby: 'net_af_xdp0,iface=p0'}",
                "wan: {primary: 'net_af_packet0,iface=p0', standby: {device: p0, driver: kernel}}",
                "wan: {primary: 'net_pcap0,rx_iface=p0,tx_iface=p1', standby: 'net_af_packet1,iface=p1'}",
                "wan: {primary: 'net_tap0,iface=p0', standby: 'net_tap1,iface=p0'}",
                "wan: {standby: {device: p0, driver: kernel}, handler: 'tap:p0'}",
                "wan: {primary: 'net_af_packet0,iface=p0', handler: 'tap:p0'}",
                "wan: {primary: 'net_tap0,iface=p0', handler: 'tap:p0'}",
                "wan: {standby: {device: p0, driver: kernel}}, lan: {standby: {device: p0, driver: kernel}}",
                "wan: {primary: 'net_af_packet0,iface=p0'}, lan: {primary: 'net_af_packet1,iface=p0'}",
                "wan: {primary: 'net_null0', handler: 'tap:p0'}, lan: {primary: 'net_af_packet1,iface=p0'}",
                "wan: {primary: 'net_null0', handler: 'tap:p0'}, lan: {standby: {device: p0, driver: kernel}}"
            })
    void shouldRefuseOneNameTwice(String ports) throws IOException {
        Path file = Files.writeString(folder.resolve("twinport.yaml"), "ports: {" + ports + "}\n");
        for (String[] command : new String[][] {
            {"config", "check", file.toString()}, {"run", "-c", file.toString(), "--cnc-dir", folder.toString()}
        }) {
            Executed executed = Executed.twinport(command);
            assertEquals(2, executed.code(), executed::output);
            assertTrue(
                    executed.output().matches("(?s).*:\\d+:\\d+: .* both have the interface p[01]\\b.*"),
                    executed::output);
        }
    }

    private static PortPlan plan(String primary, String standby) {
        return new PortPlan(
                "wan",
                List.of(
                        SideSpec.parse(Sides.PRIMARY, primary),
                        standby.startsWith("net_") || standby.equals("auto")
                                ? SideSpec.parse(Sides.STANDBY, standby)
                                : SideSpec.parseKernel(Sides.STANDBY, standby)),
                new HandlerSpec.Sink(),
                SETTINGS);
    }

    private String failure(String primary, String standby) {
        return assertThrows(
                        UserException.class,
                        () -> InterfaceClaims.check(List.of(plan(primary, standby)), folder.resolve("sys")))
                .toString();
    }

    @Test
    void shouldRefuseOneInterfaceByTwoNames() throws IOException {
        String message = failure("0000:05:00.0", "net_af_packet0,iface=ens5");
        assertTrue(
                message.contains(
                        "the primary of wan (0000:05:00.0) and the standby of wan (net_af_packet0) both have the"
                                + " interface ens5: each needs its own"),
                message);
        failure("0000:05:00.0", "ens5");
        failure("net_af_packet0,iface=ens2", "0000:02:00.0");
        failure("net_af_packet0,iface=ens2", "mac:" + MAC);
        kernel.add("failover", 1_000_001, MAC, "virtio1");
        kernel.enslave("ens2", "failover");
        failure("net_af_packet0,iface=ens2", "failover"); // its standby
    }

    @Test
    void shouldLetPairsBe() {
        for (String standby : List.of("ens2", "0000:02:00.0", "mac:" + MAC, "net_af_packet0,iface=ens2", "later0")) {
            assertDoesNotThrow(
                    () -> InterfaceClaims.check(List.of(plan("0000:05:00.0", standby)), folder.resolve("sys")),
                    standby);
        }
    }
}
