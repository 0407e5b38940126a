package io.twinport.control.host.agent;

import io.twinport.control.Log;
import io.twinport.control.host.migrate.HostPath;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One pair of a guest, and by which way its frames go. */
final class Pair {
    /** By which way they go, and what is waited for. */
    enum Phase {
        /** By the NIC's own: nothing of ours is there. */
        PRIMARY,
        /** The guest is on its way here, and runs elsewhere: nothing of ours is there. */
        INCOMING,
        /** By the standby: the primary is away. */
        STANDBY,
        /** By the standby, while the guest migrates: its primary comes back if that fails. */
        MIGRATING,
        /** By the standby, until the guest has sent something by its primary. */
        RETURNING;

        /** Whether the frames go by the standby. */
        boolean isByStandby() {
            return this == STANDBY || this == MIGRATING || this == RETURNING;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A few frames may be the kernel's own, when a link comes up. */
    private static final long SHOWN_FRAMES = 2;

    /** As a migration waits for it. */
    private static final long WORD_NANOS = 10_000_000_000L;

    private final String domain;
    private final HostPath path;
    private final Runnable keep;
    private final EventFeed feed;
    private final Log log;
    private Phase phase;
    private long since;
    private long byPrimary;
    private long byStandby;
    private boolean wasSaid;

    /** What has failed of what was to be done: it is tried again, and said once. */
    private List<String> faults = List.of();

    /**
     * @param phase in which it was
     * @param keep writes down what is changed, before it is
     * @param feed told when its primary is enabled or disabled
     */
    Pair(String domain, HostPath path, Phase phase, Runnable keep, EventFeed feed, Log log) {
        this.domain = domain;
        this.path = path;
        this.phase = phase;
        this.keep = keep;
        this.feed = feed;
        this.log = log;
    }

    HostPath path() {
        return path;
    }

    Phase phase() {
        return phase;
    }

    void set(Phase next, long now) {
        if (next != phase) {
            log.say(text() + ": " + phase.label() + " -> " + next.label());
        }
        boolean isDisabled = next.isByStandby() && !phase.isByStandby();
        phase = next;
        since = now;
        switch (next) {
            case INCOMING -> faults = List.of();
            case PRIMARY -> say(path.undo(keep));
            case STANDBY, MIGRATING -> say(path.toStandby(keep));
            case RETURNING -> {
                say(path.toStandby(keep));
                count(now);
            }
        }
        if (isDisabled) {
            tell(EventFeed.Change.DISABLED, EventFeed.Word.HOST);
        }
    }

    private void count(long now) {
        since = now;
        byPrimary = path.framesByPrimary().orElse(0L);
        byStandby = path.framesByStandby().orElse(0L);
    }

    /** Looks whether it has its primary again. */
    void look(long now) {
        if (phase != Phase.RETURNING) {
            if (!faults.isEmpty() && now - since >= WORD_NANOS) {
                set(phase, now);
            }
            return;
        }
        Optional<Long> primary = path.framesByPrimary();
        if (primary.filter(frames -> frames - byPrimary >= SHOWN_FRAMES).isPresent()) {
            set(Phase.PRIMARY, now);
            tell(EventFeed.Change.ENABLED, EventFeed.Word.GUEST);
        } else if (now - since >= WORD_NANOS) {
            decide(now);
        }
    }

    /** It has sent nothing by its primary for so long. Who sends by the standby has not moved; who sends nothing does not tell. */
    private void decide(long now) {
        boolean isOnStandby = path.framesByStandby()
                .filter(frames -> frames - byStandby >= SHOWN_FRAMES)
                .isPresent();
        if (!isOnStandby) {
            log.warn(text() + ": the guest has shown nothing for " + WORD_NANOS / 1_000_000_000L
                    + " s; its frames are the primary's again");
            set(Phase.PRIMARY, now);
            tell(EventFeed.Change.ENABLED, EventFeed.Word.HOST);
            return;
        }
        if (!wasSaid) {
            log.warn(text() + ": the guest sends by its standby, although it has its primary");
            tell(EventFeed.Change.DISABLED, EventFeed.Word.GUEST);
            wasSaid = true;
        }
        count(now);
    }

    private void say(List<String> failed) {
        failed.stream().filter(fault -> !faults.contains(fault)).forEach(fault -> log.warn(text() + ": " + fault));
        faults = failed;
    }

    private void tell(EventFeed.Change change, EventFeed.Word word) {
        feed.tell(change, word, domain, path.primary(), faults);
    }

    private String text() {
        return domain + " " + path.primary();
    }
}
