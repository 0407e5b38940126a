package io.twinport.control.cli;

import io.twinport.control.UserException;
import io.twinport.control.run.FailoverRun;
import io.twinport.control.service.Hangup;
import io.twinport.control.service.ServiceManager;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What holds in a process that runs, and the file that it can be read from again. Any thread. */
final class RunningConfiguration {
    private final @Nullable Supplier<Configuration> file;
    private final FailoverRun run;
    private final ServiceManager manager;
    private Configuration now;

    /**
     * @param file reads what is wanted now; null where nothing can be read
     * @param manager told that it is being read
     */
    RunningConfiguration(
            Configuration now, @Nullable Supplier<Configuration> file, FailoverRun run, ServiceManager manager) {
        this.now = now;
        this.file = file;
        this.run = run;
        this.manager = manager;
    }

    synchronized ProcessOptions options() {
        return now.options();
    }

    /** In the form of the file. */
    synchronized Map<String, Object> view() {
        return now.view();
    }

    /**
     * Brings the process to what the file says now, as far as it can while it runs.
     *
     * @throws UserException of what is wrong in the file; nothing has changed then, as where a device refuses something
     */
    synchronized Reload.Report reload() {
        if (file == null) {
            throw new UserException("this twinport was started without -c FILE: there is nothing to be read again.");
        }
        manager.reloading();
        try {
            Reload.Outcome outcome = Reload.execute(now, file.get(), run);
            now = outcome.configuration();
            return outcome.report();
        } finally {
            manager.ready(run.status());
        }
    }

    /** SIGHUP means {@link #reload}; without a file it stays what it is, the end. */
    void reloadOnHangup() {
        if (file != null) {
            Hangup.handle(this::reloadAndSay);
        }
    }

    private void reloadAndSay() {
        try {
            Reload.Report report = reload();
            report.changed().forEach(line -> run.log().say("reloaded " + line));
            report.needRestart().forEach(line -> run.log().warn("only a restart changes " + line));
            if (report.changed().isEmpty() && report.needRestart().isEmpty()) {
                run.log().say("reloaded: nothing has changed");
            }
        } catch (RuntimeException e) {
            run.log().warn("not reloaded, all stays as it was: " + e.getMessage());
        }
    }
}
