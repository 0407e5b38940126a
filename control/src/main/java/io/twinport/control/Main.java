package io.twinport.control;

import io.twinport.control.cli.Twinport;
import io.twinport.control.service.Hangup;

/** The command line. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        Output.install();
        Fault.reportUncaught();
        if (Twinport.readsConfiguration(arguments)) {
            Hangup.hold();
        }
        System.exit(Twinport.execute(arguments));
    }
}
