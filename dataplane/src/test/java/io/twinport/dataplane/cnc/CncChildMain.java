package io.twinport.dataplane.cnc;

import java.nio.file.Path;
import org.agrona.concurrent.status.AtomicCounter;

/** Another process that wants the file; where it gets it, it leaves something in it and dies without closing it. */
final class CncChildMain {
    static final long COUNT = 4711;

    private CncChildMain() {}

    public static void main(String[] arguments) {
        CncFile cnc;
        try {
            cnc = CncFile.create(Path.of(arguments[0]));
        } catch (CncException e) {
            System.out.println("refused=" + e.getMessage());
            return;
        }
        AtomicCounter counter = cnc.counters().newCounter("frames");
        counter.setRelease(COUNT);
        cnc.errors().record(new IllegalStateException("the last words"));
        System.out.println("pid=" + ProcessHandle.current().pid());
        Runtime.getRuntime().halt(9);
    }
}
