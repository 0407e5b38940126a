package io.twinport.control.cli;

import io.twinport.control.lab.WireDriver;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options of the commands that lay their wires themselves. */
final class WireOptions {
    @Option(
            names = "--driver",
            defaultValue = "dpdk",
            converter = DriverConverter.class,
            paramLabel = "dpdk|twinport",
            description = "Who drives the port's devices: DPDK's virtio-user, or twinport's own virtio driver. The far"
                    + " ends are DPDK's. Default: ${DEFAULT-VALUE}")
    WireDriver driver = WireDriver.DPDK;

    /** Lower case on the command line. */
    static final class DriverConverter implements ITypeConverter<WireDriver> {
        @Override
        public WireDriver convert(String value) {
            return switch (value) {
                case "dpdk" -> WireDriver.DPDK;
                case "twinport" -> WireDriver.TWINPORT;
                default -> throw new TypeConversionException("'" + value + "' is no driver: give dpdk or twinport");
            };
        }
    }
}
