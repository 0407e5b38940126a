package io.twinport.hw;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Two columns of events, side by side: medians of an event's rounds. */
final class OracleTable {
    /** Two runs of the same driver differ by so much on emulated CPUs, of which the host has only two. */
    private static final double NOISE_MILLIS = 20;

    /** And by the frames that are sent meanwhile, in both directions. */
    private static final long NOISE_FRAMES = 2 * 20;

    /** One driver's trial, with the other direction's account. */
    record Column(String name, Trial trial, GuestAccount account) {
        long lostInPeace() {
            return trial.lostInPeace();
        }

        List<String> events() {
            return trial.rows().stream().map(Trial.Row::event).distinct().toList();
        }

        Cell cell(String event) {
            List<Trial.Row> rows = trial.rows().stream()
                    .filter(row -> row.event().equals(event))
                    .toList();
            return new Cell(
                    (long) median(rows.stream().map(row -> (double) row.lost()).toList()),
                    (long) median(rows.stream()
                            .map(row -> (double) account.lost(row.sentFrom(), row.sentTo()))
                            .toList()),
                    rows.stream().mapToLong(Trial.Row::duplicated).sum(),
                    median(rows.stream().map(Trial.Row::gapMillis).toList()),
                    median(rows.stream()
                            .map(row -> account.longestGapMillis(row.sentFrom(), row.sentTo()))
                            .toList()),
                    median(rows.stream().map(Trial.Row::movedMillis).toList()));
        }
    }

    /** What an event did in a median round: from the guest to the host ({@code out}) and back ({@code in}). */
    record Cell(
            long lostOut, long lostIn, long duplicated, double gapOutMillis, double gapInMillis, double movedMillis) {}

    private OracleTable() {}

    static String of(Column kernel, Column ours) {
        StringBuilder table = new StringBuilder("| event | lost out | lost in | duplicated | longest gap out, ms"
                + " | longest gap in, ms | on the other side after, ms |\n|---|---|---|---|---|---|---|\n");
        for (String event : kernel.events()) {
            Cell k = kernel.cell(event);
            Cell o = ours.cell(event);
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %d / %d | %d / %d | %d / %d | %.1f / %.1f | %.1f / %.1f | %.1f / %.1f |%n",
                    event,
                    k.lostOut(),
                    o.lostOut(),
                    k.lostIn(),
                    o.lostIn(),
                    k.duplicated(),
                    o.duplicated(),
                    k.gapOutMillis(),
                    o.gapOutMillis(),
                    k.gapInMillis(),
                    o.gapInMillis(),
                    k.movedMillis(),
                    o.movedMillis()));
        }
        return table.toString();
    }

    /** The rows on which ours loses more than the kernel's, or pauses longer, by more than noise. */
    static List<String> worseRows(Column kernel, Column ours) {
        List<String> worse = new ArrayList<>();
        for (String event : kernel.events()) {
            Cell k = kernel.cell(event);
            Cell o = ours.cell(event);
            if (o.lostOut() + o.lostIn() > k.lostOut() + k.lostIn() + NOISE_FRAMES
                    || o.duplicated() > k.duplicated()
                    || o.gapOutMillis() > k.gapOutMillis() + NOISE_MILLIS
                    || o.gapInMillis() > k.gapInMillis() + NOISE_MILLIS) {
                worse.add(event + ": " + k + " against " + o);
            }
        }
        return worse;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
