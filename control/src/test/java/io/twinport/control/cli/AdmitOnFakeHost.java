package io.twinport.control.cli;

import io.twinport.control.host.hook.HookHost;
import java.nio.file.Path;
import java.util.Arrays;

/** {@code twinport host admit} in a process of its own, on a made-up host. */
final class AdmitOnFakeHost {
    private AdmitOnFakeHost() {}

    /** @param arguments the host's folder, and then those of twinport */
    public static void main(String[] arguments) {
        HookHost host = new HookHost(Path.of(arguments[0]));
        HostCommand.Admit admit = new HostCommand.Admit((verdicts, reservations) -> host.admission(reservations));
        System.exit(Commands.execute(admit, Arrays.copyOfRange(arguments, 3, arguments.length)));
    }
}
