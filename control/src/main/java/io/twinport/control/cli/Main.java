package io.twinport.control.cli;

import io.twinport.control.Fault;
import io.twinport.control.Output;
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
