package io.twinport.control.doctor;

import java.util.List;

/** Everything that can be wrong with a machine. */
public final class Doctor {
    private static final List<Check> CHECKS = List.of(
            new SoftwareCheck(),
            new MemoryCheck(),
            new CpuCheck(),
            new Capabilities(),
            new VfioCheck(),
            new DeviceCheck(),
            new PairCheck(),
            new NetworkServiceCheck());

    private Doctor() {}

    /** Looks at this machine. Changes nothing. */
    public static List<Finding> examine() {
        return examine(Host.ofThisMachine());
    }

    static List<Finding> examine(Host host) {
        return CHECKS.stream().flatMap(check -> check.findings(host).stream()).toList();
    }
}
