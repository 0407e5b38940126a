package io.twinport.control.host.probe;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What was measured of an igb in a guest: of 100 frames from the wire in each state of the VF, how many came to the standby's place and
 * to the VF.
 */
final class IgbTable {
    static final int FRAMES = 100;

    private static final List<VfState> STATES = VfState.WALK;

    private static final Map<Holder, List<Integer>> STANDBY = Map.of(
            Holder.PF, List.of(0, 100, 0, 0, 0, 0, 0, 0, 0, 0, 100, 0),
            Holder.BRIDGE, List.of(100, 100, 0, 0, 0, 0, 0, 0, 0, 0, 100, 100),
            Holder.FILTER, List.of(100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100),
            Holder.MACVLAN, List.of(100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100));

    private IgbTable() {}

    static int standby(Holder holder, int row) {
        return STANDBY.getOrDefault(holder, List.of()).get(row);
    }

    static int vf(int row) {
        return STATES.get(row) == VfState.UP ? FRAMES : 0;
    }

    /** As a walk that was recorded: what a change does is done when it has been made. */
    static Walk walk(Holder holder) {
        return walk(holder, 0);
    }

    /** @param restart frames that are lost while the PF restarts, because VFs are made or taken away */
    static Walk walk(Holder holder, int restart) {
        FrameLog log = new FrameLog(holder);
        List<Step> steps = IntStream.range(0, STATES.size())
                .mapToObj(row -> {
                    int begin = row * 2 * FRAMES;
                    int steady = begin + FRAMES;
                    for (int i = begin; i < steady + FRAMES; i++) {
                        boolean isRestarting = STATES.get(row).isOfMaking() && i < begin + restart;
                        if (standby(holder, row) > 0 && !isRestarting) {
                            log.add(holder.sink(), i, i);
                        }
                        if (vf(row) > 0) {
                            log.add(Place.VF, i, i);
                        }
                    }
                    return new Step(STATES.get(row), begin, begin, steady, steady + FRAMES);
                })
                .toList();
        Map<VfState, List<Place>> places = STATES.stream()
                .distinct()
                .collect(Collectors.toMap(state -> state, ignored -> List.of(holder.sink(), Place.VF)));
        return Walk.of(holder, log, steps, places, Map.of(), true);
    }
}
