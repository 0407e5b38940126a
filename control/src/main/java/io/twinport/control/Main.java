package io.twinport.control;

import io.twinport.control.cli.Twinport;

/** The command line. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(Twinport.execute(arguments));
    }
}
