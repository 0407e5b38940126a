package io.twinport.control.doctor;

import java.util.List;

/** Everything that can be wrong with a machine. */
public final class Doctor {
    static final List<Check> CHECKS = List.of(
            new SoftwareCheck(),
            new MemoryCheck(),
            new CpuCheck(),
            new Capabilities(),
            new VfioCheck(),
            new DeviceCheck(),
            new PairCheck(),
            new StandbyCheck(),
            new HotplugCheck(),
            new InUseCheck(),
            new NetworkManagerCheck(),
            new NetworkdCheck(),
            new IfupdownCheck(),
            new CloudInitCheck(),
            new DhcpcdCheck(),
            new NetworkScriptsCheck(),
            new OtherServicesCheck());

    private Doctor() {}

    /** Looks at this machine. Changes nothing. */
    public static List<Finding> examine() {
        return examine(Host.ofThisMachine(), CHECKS);
    }

    static List<Finding> examine(Host host, List<Check> checks) {
        return checks.stream().flatMap(check -> findings(check, host).stream()).toList();
    }

    /** A check that fails is a finding of its own: what the others find is wanted all the more. */
    private static List<Finding> findings(Check check, Host host) {
        try {
            return check.findings(host);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            return List.of(Finding.warning(
                    check.subject(),
                    "this check failed (" + e + "); the other findings are valid",
                    "this is a fault in twinport: please report it, with this line"));
        }
    }
}
