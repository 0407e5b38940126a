package io.twinport.control.service;

import io.twinport.dataplane.PollLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Which poll loops have finished no pass since the last look; one that has ended hangs too. It looks by itself and needs no other
 * control thread, which may be what hangs. For one thread.
 */
public final class HangingLoops implements Supplier<List<String>> {
    private final List<PollLoop> loops;
    private final long[] passes;

    public HangingLoops(List<PollLoop> loops) {
        this.loops = List.copyOf(loops);
        this.passes = loops.stream().mapToLong(loop -> loop.epoch().passes()).toArray();
    }

    /** Their names. */
    @Override
    public List<String> get() {
        List<String> hanging = new ArrayList<>();
        for (int i = 0; i < passes.length; i++) {
            long now = loops.get(i).epoch().passes();
            if (now == passes[i]) {
                hanging.add(loops.get(i).roleName());
            }
            passes[i] = now;
        }
        return hanging;
    }
}
