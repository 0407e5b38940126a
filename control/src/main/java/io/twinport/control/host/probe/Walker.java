package io.twinport.control.host.probe;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Walks a VF through its states, while numbered frames are sent to its address. */
final class Walker {
    /** Frames that go on before a change begins, so that it finds them under way. */
    private static final int BEFORE = 5;

    private final Rig rig;
    private final int frames;
    private final boolean hasTimes;

    /**
     * @param frames that are counted in each state
     * @param hasTimes whether the times of arrivals say something about the NIC
     */
    Walker(Rig rig, int frames, boolean hasTimes) {
        this.rig = rig;
        this.frames = frames;
        this.hasTimes = hasTimes;
    }

    /**
     * Walks.
     *
     * @throws ProbeException if it cannot be done, or not be measured; or when it is interrupted
     */
    Walk walk(Holder holder) {
        rig.arrange(holder);
        try {
            return walkArranged(holder);
        } finally {
            rig.dismantle();
        }
    }

    private Walk walkArranged(Holder holder) {
        Traffic traffic = rig.traffic();
        FrameLog log = new FrameLog(holder);
        traffic.begin(log, holder);
        traffic.drain(holder.sink());
        List<Step> steps = new ArrayList<>();
        Map<VfState, List<Place>> places = new EnumMap<>(VfState.class);
        Map<VfState, String> notMeasured = new EnumMap<>(VfState.class);
        for (VfState state : rig.states()) {
            try {
                steps.add(step(state));
                places.put(state, traffic.places());
            } catch (NotMeasuredException e) {
                notMeasured.put(state, String.valueOf(e.getMessage()));
                traffic.pause(!steps.isEmpty() && steps.getLast().state().receives());
                extendLast(steps, traffic.next());
            }
        }
        long dropped = traffic.dropped();
        if (dropped > 0) {
            throw new ProbeException("this machine could not look at " + dropped
                    + " frames in time, so nothing is known: choose a lower --rate");
        }
        return Walk.of(holder, log, steps, places, notMeasured, hasTimes);
    }

    /** The frames that went on meanwhile were sent in the state before. */
    private static void extendLast(List<Step> steps, int next) {
        if (!steps.isEmpty()) {
            Step last = steps.removeLast();
            steps.add(new Step(last.state(), last.begin(), last.end(), last.steady(), next));
        }
    }

    private Step step(VfState state) throws NotMeasuredException {
        Traffic traffic = rig.traffic();
        // Nothing is on its way: each frame was dealt with either before the change or since it began.
        int begin = traffic.next();
        traffic.resume();
        traffic.awaitSent(BEFORE);
        rig.enter(state);
        int end = traffic.next();
        rig.settle(state);
        traffic.awaitSent(frames);
        traffic.awaitSent(frames);
        traffic.pause(state.receives());
        int next = traffic.next();
        return new Step(state, begin, end, next - frames, next);
    }
}
