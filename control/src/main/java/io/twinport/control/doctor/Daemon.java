package io.twinport.control.doctor;

import java.util.List;
import java.util.Optional;

/**
 * A service that has to run to be asked.
 *
 * @param subject what it is called
 * @param process its process, as the kernel keeps the name
 * @param places where its program can be, or what only it makes
 * @param unit systemd's
 */
record Daemon(String subject, String process, List<String> places, String unit) {
    /** Of {@code systemctl is-enabled}: nothing starts it. */
    private static final List<String> NOT_STARTED = List.of("disabled", "masked", "not-found");

    /**
     * Whether it can be asked. A question by D-Bus starts a daemon that does not run, so none is asked of such a one.
     *
     * @param fix what has it leave the interfaces alone, should it run
     * @return what to say where it cannot
     */
    Optional<Finding> silence(Host host, List<Candidate> candidates, String fix) {
        if (Processes.runs(host, process)) {
            return Optional.empty();
        }
        if (places.stream().noneMatch(host::exists)) {
            return Optional.of(Finding.ok(subject, "is not installed, so it was not asked"));
        }
        String interfaces = String.join(", ", Match.all(candidates).names());
        if (!Processes.areVisible(host)) {
            return Optional.of(Finding.warning(
                    subject,
                    "is installed, but this user may not see whether it runs, so it was not asked: whether it takes "
                            + interfaces + " cannot be known here",
                    "run twinport doctor as root. To be sure:\n" + fix));
        }
        String enabled = enabled(host);
        if (NOT_STARTED.contains(enabled)) {
            return Optional.of(Finding.ok(
                    subject,
                    "does not run, and nothing starts it (systemctl is-enabled " + unit + ": " + enabled
                            + "), so it was not asked"));
        }
        return Optional.of(Finding.note(
                subject,
                "does not run, so it was not asked: whether it takes " + interfaces
                        + " when it is started cannot be known here"
                        + (enabled.isEmpty() ? "" : " (systemctl is-enabled " + unit + ": " + enabled + ")"),
                "to be sure:\n" + fix));
    }

    /** It runs and has not answered. */
    Finding notAnswered(List<Candidate> candidates, String why, String fix) {
        return Finding.warning(
                subject,
                "runs, but could not be asked (" + why + "): whether it takes "
                        + String.join(", ", Match.all(candidates).names()) + " cannot be known here",
                "to be sure:\n" + fix);
    }

    private String enabled(Host host) {
        return host.programs().ask("systemctl", "is-enabled", unit).out().strip();
    }
}
