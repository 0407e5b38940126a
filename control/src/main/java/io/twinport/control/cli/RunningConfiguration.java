package io.twinport.control.cli;

import io.twinport.control.UserException;
import io.twinport.control.run.FailoverRun;
import io.twinport.control.service.Hangup;
import io.twinport.control.service.ServiceManager;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What holds in a process that runs, and the file that it can be read from again. Any thread. */
public final class RunningConfiguration {
    private final @Nullable ConfigurationReader file;
    private final FailoverRun run;
    private final ServiceManager manager;

    private final AtomicBoolean hangup = new AtomicBoolean();
    private volatile Configuration now;
    private long used;

    /**
     * @param file reads what is wanted now; null where nothing can be read
     * @param manager told that it is being read
     */
    public RunningConfiguration(
            Configuration now, @Nullable Supplier<Configuration> file, FailoverRun run, ServiceManager manager) {
        this.now = now;
        this.file = file == null ? null : new ConfigurationReader(file, ConfigurationReader.PATIENCE);
        this.run = run;
        this.manager = manager;
    }

    public ProcessOptions options() {
        return now.options();
    }

    /** In the form of the file. */
    public Map<String, Object> view() {
        return now.view();
    }

    /**
     * Brings the process to what the file says now, as far as it can while it runs. What else is asked meanwhile is answered.
     *
     * @throws UserException of what is wrong in the file; nothing has changed then, as where a device refuses something
     */
    public Reload.Report reload() {
        if (file == null) {
            throw new UserException("this twinport was started without -c FILE: there is no file to read again.");
        }
        manager.reloading();
        try {
            return use(file.read());
        } finally {
            manager.ready(run.status());
        }
    }

    private synchronized Reload.Report use(ConfigurationReader.Reading reading) {
        if (reading.number() < used) {
            return new Reload.Report(List.of(), List.of()); // what the file has said since then holds already
        }
        used = reading.number();
        Reload.Outcome outcome = Reload.execute(now, reading.wanted(), run);
        now = outcome.configuration();
        return outcome.report();
    }

    /** SIGHUP means {@link #reload}; without a file it stays what it is, the end. */
    public void reloadOnHangup() {
        if (file != null) {
            Hangup.handle(this::reloadAndSay);
        }
    }

    /** One that comes while another waits for its turn is served by that: it has not read the file yet. */
    private void reloadAndSay() {
        if (!hangup.compareAndSet(false, true)) {
            return;
        }
        synchronized (hangup) {
            hangup.set(false);
            try {
                Reload.Report report = reload();
                report.changed().forEach(line -> run.log().say("reloaded " + line));
                report.needRestart().forEach(line -> run.log().warn("only a restart changes " + line));
                if (report.changed().isEmpty() && report.needRestart().isEmpty()) {
                    run.log().say("reloaded: nothing has changed");
                }
            } catch (RuntimeException e) {
                run.log().warn("not reloaded, nothing was changed: " + e.getMessage());
            }
        }
    }
}
