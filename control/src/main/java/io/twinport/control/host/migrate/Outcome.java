package io.twinport.control.host.migrate;

/** What a run has come to. */
public enum Outcome {
    DONE(0, "done"),
    UNDONE(1, "undone: all is as it was at the start"),
    FAULT(1, "ended with faults: the journal stays, and --resume or --rollback tries them again"),
    UNKNOWN(3, "unknown: nothing was touched from here on; --resume or --rollback looks again");

    private final int exitCode;
    private final String text;

    Outcome(int exitCode, String text) {
        this.exitCode = exitCode;
        this.text = text;
    }

    public int exitCode() {
        return exitCode;
    }

    public String text() {
        return text;
    }
}
