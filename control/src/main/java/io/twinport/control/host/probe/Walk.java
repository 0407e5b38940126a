package io.twinport.control.host.probe;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a VF's walk through its states has shown.
 *
 * @param verdict what the NIC does, in a word
 * @param lost frames that came by neither way, in the whole walk
 * @param again frames that have come to one place more than once
 * @param notMeasured states that this VF could not be in here, and why
 * @param stretches by which way the frames came, in order: for the picture
 */
public record Walk(
        Holder holder,
        Verdict verdict,
        int sent,
        int lost,
        int duplicated,
        int again,
        List<State> states,
        List<Transition> transitions,
        Map<VfState, String> notMeasured,
        List<Stretch> stretches) {
    /**
     * A state of the VF.
     *
     * @param begin the number of the first frame that was sent when it began to be made
     * @param frames that were sent in it and are counted
     * @param at how many of these have come to each place that there was
     */
    public record State(VfState state, int begin, int frames, Map<Place, Integer> at) {}

    /** Frames in a row that came by one way. */
    public record Stretch(Delivery delivery, int first, int count) {}

    static Walk of(
            Holder holder,
            FrameLog log,
            List<Step> steps,
            Map<VfState, List<Place>> places,
            Map<VfState, String> notMeasured,
            boolean hasTimes) {
        int end = steps.getLast().next();
        List<Transition> transitions = new ArrayList<>();
        for (int i = 1; i < steps.size(); i++) {
            transitions.add(Classifier.classify(log, steps.get(i - 1), steps.get(i), hasTimes));
        }
        List<State> states = steps.stream()
                .map(step -> {
                    Map<Place, Integer> at = new EnumMap<>(Place.class);
                    places.getOrDefault(step.state(), List.of())
                            .forEach(place -> at.put(place, log.count(place, step.steady(), step.next())));
                    return new State(step.state(), step.begin(), step.next() - step.steady(), at);
                })
                .toList();
        return new Walk(
                holder,
                verdict(transitions.stream()
                        .filter(each -> !each.to().isOfMaking())
                        .toList()),
                end,
                log.count(Delivery.NOBODY, 0, end),
                log.count(Delivery.BOTH, 0, end),
                log.again(),
                states,
                List.copyOf(transitions),
                notMeasured,
                stretches(log, end));
    }

    /** Frames that came by neither way while there was a VF: not those that were lost while VFs were made, or taken away. */
    int lostWithVf() {
        return transitions.stream()
                .filter(each -> !each.to().isOfMaking())
                .mapToInt(Transition::lost)
                .sum();
    }

    /** The worst that it does. What follows from an early steal, for instance that frames arrive nowhere, is no other fault. */
    static Verdict verdict(List<Transition> transitions) {
        if (transitions.stream().anyMatch(each -> each.to().receives() && each.verdict() == Verdict.NOWHERE)) {
            return Verdict.NOWHERE;
        }
        for (Verdict worst : List.of(Verdict.EARLY_STEAL, Verdict.LATE, Verdict.DUPLICATE, Verdict.NOWHERE)) {
            if (transitions.stream().anyMatch(each -> each.verdict() == worst)) {
                return worst;
            }
        }
        return transitions.stream().anyMatch(each -> each.verdict() == Verdict.MAKE_BEFORE_BREAK)
                ? Verdict.MAKE_BEFORE_BREAK
                : Verdict.UNMOVED;
    }

    private static List<Stretch> stretches(FrameLog log, int end) {
        List<Stretch> stretches = new ArrayList<>();
        int first = 0;
        for (int i = 1; i <= end; i++) {
            if (i == end || log.delivery(i) != log.delivery(first)) {
                stretches.add(new Stretch(log.delivery(first), first, i - first));
                first = i;
            }
        }
        return stretches;
    }
}
