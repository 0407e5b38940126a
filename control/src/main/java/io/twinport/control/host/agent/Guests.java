package io.twinport.control.host.agent;

import io.twinport.control.Log;
import io.twinport.control.UserException;
import io.twinport.control.host.migrate.DomainState;
import io.twinport.control.host.migrate.GuestHost;
import io.twinport.control.host.migrate.HostPath;
import io.twinport.control.host.migrate.UnreachableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The guests of this host. For one thread. */
final class Guests {
    /** Of a guest in a while: more of them say no more than that it is to be looked at. */
    private static final int MOST_EVENTS = 20;

    private static final long WHILE_NANOS = 10_000_000_000L;

    /** While a guest migrates, no event says that this has failed in each way in which it can. */
    private static final long LOOK_NANOS = 2_000_000_000L;

    private final GuestHost host;
    private final Consumer<List<HostPath.Taken>> keeper;
    private final EventFeed feed;
    private final Log log;
    private final Map<String, Guest> guests = new LinkedHashMap<>();

    /** Of an earlier process, or of guests that have gone: not undone yet. */
    private List<HostPath.Taken> left;

    private long leftLooked;

    /** One that runs, or is on its way here. */
    private static final class Guest {
        private List<Pair> pairs = List.of();
        private boolean isIncoming;
        private boolean isToBeSeen;
        private long looked;
        private long since;
        private int events;

        /** Whether its events are still few. */
        private boolean isQuiet(long now) {
            if (now - since >= WHILE_NANOS) {
                since = now;
                events = 0;
            }
            return ++events <= MOST_EVENTS;
        }

        private Optional<Pair> pair(String primary) {
            return pairs.stream()
                    .filter(pair -> pair.path().primary().equals(primary))
                    .findFirst();
        }
    }

    /**
     * @param left what an earlier process has changed
     * @param keeper has all that is changed, before it is
     * @param feed told what becomes of primaries
     */
    Guests(GuestHost host, List<HostPath.Taken> left, Consumer<List<HostPath.Taken>> keeper, EventFeed feed, Log log) {
        this.host = host;
        this.left = List.copyOf(left);
        this.keeper = keeper;
        this.feed = feed;
        this.log = log;
    }

    /** How many pairs are in each phase. */
    Map<Pair.Phase, Integer> phases() {
        Map<Pair.Phase, Integer> phases = new HashMap<>();
        guests.values().stream()
                .flatMap(guest -> guest.pairs.stream())
                .forEach(pair -> phases.merge(pair.phase(), 1, Integer::sum));
        return phases;
    }

    /**
     * Looks at all guests that run, and gives up those that do not.
     *
     * @throws UnreachableException if libvirt cannot be asked; nothing was touched then
     */
    void lookAtAll(long now) {
        List<String> running = host.running();
        List.copyOf(guests.keySet()).stream()
                .filter(name -> !running.contains(name))
                .forEach(name -> leave(name, now));
        running.forEach(name -> look(name, now));
        undoLeft(now);
    }

    /** What is left of guests that do not run here. */
    private void undoLeft(long now) {
        leftLooked = now;
        if (left.isEmpty()) {
            return;
        }
        List<String> uuids = host.runningUuids();
        Map<Boolean, List<HostPath.Taken>> byRunning =
                left.stream().collect(Collectors.partitioningBy(each -> uuids.contains(each.uuid())));
        left = Stream.concat(
                        byRunning.getOrDefault(true, List.of()).stream(),
                        host.undo(byRunning.getOrDefault(false, List.of())).stream())
                .toList();
        keep();
    }

    void on(HostEvent event, long now) {
        String name = event.domain();
        Guest guest = guests.get(name);
        if (event.kind() == HostEvent.Kind.STOPPED) {
            leave(name, now);
        } else if (event.kind() == HostEvent.Kind.STARTED || guest == null) {
            if (guest == null || guest.isQuiet(now)) {
                look(name, now);
            }
        } else if (!guest.isQuiet(now)) {
            guest.isToBeSeen = true;
        } else {
            on(event, name, guest, now);
        }
    }

    private void on(HostEvent event, String name, Guest guest, long now) {
        switch (event.kind()) {
            // At once: what is known of the pair is enough.
            case UNPLUG_PRIMARY ->
                guest.pair(event.device()).ifPresent(pair -> {
                    pair.set(Pair.Phase.MIGRATING, now);
                    guest.looked = now;
                });
            case DEVICE_REMOVED -> guest.pair(event.device()).ifPresent(pair -> pair.set(Pair.Phase.STANDBY, now));
            case FAILOVER_NEGOTIATED ->
                guest.pairs.stream()
                        .filter(pair -> pair.path().standby().equals(event.device()))
                        .filter(pair -> pair.path().isPrimaryThere() && pair.phase() == Pair.Phase.PRIMARY)
                        .forEach(pair -> pair.set(Pair.Phase.RETURNING, now));
            case RESUMED -> {
                if (guest.isIncoming) {
                    look(name, now);
                }
            }
            case DEVICE_ADDED, MIGRATION_FAILED -> look(name, now);
            case STARTED, STOPPED -> {}
        }
    }

    /** Looks what is waited for. */
    void tick(long now) {
        for (Map.Entry<String, Guest> each : List.copyOf(guests.entrySet())) {
            Guest guest = each.getValue();
            boolean migrates =
                    guest.isIncoming || guest.pairs.stream().anyMatch(pair -> pair.phase() == Pair.Phase.MIGRATING);
            boolean isDue = migrates && now - guest.looked >= LOOK_NANOS;
            if (isDue || guest.isToBeSeen && now - guest.since >= WHILE_NANOS) {
                look(each.getKey(), now);
            } else {
                guest.pairs.forEach(pair -> pair.look(now));
            }
        }
        if (now - leftLooked >= WHILE_NANOS) {
            try {
                undoLeft(now);
            } catch (UnreachableException e) {
                log.warn(String.valueOf(e.getMessage()));
            }
        }
    }

    /** What a guest's pairs need, by what the host shows of it. Where it cannot be asked nothing is touched. */
    private void look(String name, long now) {
        try {
            DomainState state = host.state(name);
            if (state.isActive()) {
                look(name, state, now);
            } else {
                leave(name, now);
            }
        } catch (UserException | UnreachableException e) {
            log.warn(name + ": " + e.getMessage());
        }
    }

    private void look(String name, DomainState state, long now) {
        Guest guest = Optional.ofNullable(guests.get(name)).orElseGet(Guest::new);
        guest.looked = now;
        guest.isToBeSeen = false;
        List<HostPath> paths = host.paths(name);
        boolean arrives = guest.isIncoming && !state.isIncoming();
        guest.isIncoming = state.isIncoming();
        List<Pair> before = guest.pairs;
        List<Pair> pairs = new ArrayList<>();
        for (HostPath path : paths) {
            Optional<Pair> known = before.stream()
                    .filter(pair -> pair.path().primary().equals(path.primary()))
                    .findFirst();
            path.adopt(known.map(pair -> pair.path().taken()).orElse(left));
            pairs.add(new Pair(name, path, known.map(Pair::phase).orElse(Pair.Phase.PRIMARY), this::keep, feed, log));
        }
        // A pair that is not among them any more has no primary that would be known: its frames stay where they are.
        before.stream()
                .filter(pair -> paths.stream()
                        .noneMatch(path -> path.primary().equals(pair.path().primary())))
                .forEach(pairs::add);
        guest.pairs = pairs;
        // One without a pair too: how often it is looked at is bounded so.
        guests.put(name, guest);
        left = without(left, pairs);
        for (Pair pair : pairs) {
            boolean wasAway = before.stream()
                    .anyMatch(each -> each.path().primary().equals(pair.path().primary())
                            && each.phase() != Pair.Phase.PRIMARY
                            && each.phase() != Pair.Phase.INCOMING);
            pair.set(phase(pair, state, arrives || wasAway), now);
        }
    }

    private static List<HostPath.Taken> without(List<HostPath.Taken> left, List<Pair> pairs) {
        List<HostPath.Taken> adopted =
                pairs.stream().flatMap(pair -> pair.path().taken().stream()).toList();
        return left.stream().filter(each -> !adopted.contains(each)).toList();
    }

    private static Pair.Phase phase(Pair pair, DomainState state, boolean returns) {
        if (state.isIncoming()) {
            return Pair.Phase.INCOMING;
        }
        if (!pair.path().isPrimaryThere()) {
            return Pair.Phase.STANDBY;
        }
        if (state.hasJob()) {
            return Pair.Phase.MIGRATING;
        }
        return returns || !pair.path().taken().isEmpty() ? Pair.Phase.RETURNING : Pair.Phase.PRIMARY;
    }

    private void leave(String name, long now) {
        Guest guest = guests.remove(name);
        if (guest == null) {
            return;
        }
        guest.pairs.forEach(pair -> pair.set(Pair.Phase.PRIMARY, now));
        left = Stream.concat(left.stream(), guest.pairs.stream().flatMap(pair -> pair.path().taken().stream()))
                .toList();
        keep();
    }

    private void keep() {
        keeper.accept(Stream.concat(
                        left.stream(),
                        guests.values().stream()
                                .flatMap(guest -> guest.pairs.stream())
                                .flatMap(pair -> pair.path().taken().stream()))
                .distinct()
                .collect(Collectors.toList()));
    }
}
