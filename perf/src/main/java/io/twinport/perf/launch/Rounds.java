package io.twinport.perf.launch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;

/** Cases that are launched in turn; each round begins with another one, so that none always follows the same one. */
public final class Rounds {
    private Rounds() {}

    /**
     * Launches all cases, round by round.
     *
     * @param launch of a case; it is told which round it is, {@code 1/5}
     * @return of each case what its launches gave, in their order
     */
    public static <C, S> Map<C, List<S>> run(List<C> cases, int rounds, BiFunction<C, String, S> launch) {
        Map<C, List<S>> samples = new LinkedHashMap<>();
        cases.forEach(what -> samples.put(what, new ArrayList<>()));
        for (int round = 0; round < rounds; round++) {
            List<C> order = new ArrayList<>(cases);
            Collections.rotate(order, -round);
            for (C what : order) {
                Objects.requireNonNull(samples.get(what)).add(launch.apply(what, (round + 1) + "/" + rounds));
            }
        }
        return samples;
    }
}
