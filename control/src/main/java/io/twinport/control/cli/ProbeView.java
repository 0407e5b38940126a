package io.twinport.control.cli;

import io.twinport.control.host.probe.EmulationProbe;
import io.twinport.control.host.probe.Place;
import io.twinport.control.host.probe.SriovProbe;
import io.twinport.control.host.probe.Transition;
import io.twinport.control.host.probe.Walk;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Shows what a probe of MAC filters has found. */
final class ProbeView {
    private static final String NONE = "-";

    private ProbeView() {}

    /** Each NIC with its changes that are not for nothing. */
    static void emulations(List<EmulationProbe.Result> results, PrintStream out) {
        Table table = new Table("emulated NIC", "way", "found", "at", "frames", "lost", "twice", "late", "us", "right");
        for (EmulationProbe.Result each : results) {
            Walk walk = each.walk();
            String at = walk.transitions().stream()
                    .filter(change -> change.verdict() == walk.verdict())
                    .map(change -> change.to().toString())
                    .findFirst()
                    .orElse(NONE);
            Transition worst = walk.transitions().stream()
                    .filter(change -> change.verdict() == walk.verdict())
                    .findFirst()
                    .orElse(walk.transitions().getFirst());
            table.row(
                    each.emulation(),
                    walk.holder(),
                    walk.verdict(),
                    at,
                    walk.sent(),
                    walk.lost(),
                    walk.duplicated(),
                    worst.late(),
                    micros(worst),
                    each.isRight() ? "yes" : "no: it is " + each.expected());
        }
        table.print(out);
    }

    /** Where the frames were in each state, by each way; and what each change did. */
    static void probe(SriovProbe.Result result, PrintStream out) {
        for (Walk walk : result.walks()) {
            out.printf("%n%s: %s%n", walk.holder().description(), walk.verdict().meaning());
            walk(walk, out);
        }
        out.println();
        if (result.isGuest()) {
            out.println(
                    "This machine is a guest itself: its microseconds say nothing about the NIC, so frames are counted.");
        }
        out.println("verdict: " + result.verdict().advice());
    }

    private static void walk(Walk walk, PrintStream out) {
        Set<Place> places = new LinkedHashSet<>();
        for (Place place : Place.values()) {
            if (walk.states().stream().anyMatch(state -> state.at().containsKey(place))) {
                places.add(place);
            }
        }
        List<String> header = new ArrayList<>(List.of("state of the VF", "frames"));
        places.forEach(place -> header.add(place.toString()));
        header.addAll(List.of("change", "lost", "twice", "late", "us"));
        Table table = new Table(header.toArray(String[]::new));
        for (int i = 0; i < walk.states().size(); i++) {
            Walk.State state = walk.states().get(i);
            List<Object> row = new ArrayList<>(List.of(state.state(), state.frames()));
            places.forEach(place -> row.add(cell(state.at().get(place))));
            if (i == 0) {
                row.addAll(List.of(NONE, NONE, NONE, NONE, NONE));
            } else {
                Transition change = walk.transitions().get(i - 1);
                row.addAll(
                        List.of(change.verdict(), change.lost(), change.duplicated(), change.late(), micros(change)));
            }
            table.row(row.toArray());
        }
        table.print(out);
        walk.notMeasured().forEach((state, why) -> out.println("not measured: " + state + " (" + why + ")"));
    }

    private static Object cell(@Nullable Integer count) {
        return count == null ? NONE : count;
    }

    private static String micros(Transition change) {
        Double micros = change.micros();
        return micros == null ? NONE : String.format(Locale.ROOT, "%.1f", micros);
    }
}
