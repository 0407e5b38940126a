package io.twinport.control.run;

import io.twinport.dataplane.engine.Engine;
import io.twinport.dataplane.loop.StuckLoopException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** The end of an engine, in the way that is safe: nothing is closed or freed that a loop may use yet. */
public final class EngineEnd {
    private EngineEnd() {}

    /**
     * Does something with an engine, and ends the engine. Where a loop does not leave a device, or does not end, the process ends
     * with exit code 3.
     *
     * @param start makes the engine
     */
    public static <T> T after(Supplier<Engine> start, Function<Engine, T> work) {
        Engine engine = start.get();
        List<String> hanging = new ArrayList<>();
        try {
            return work.apply(engine);
        } catch (StuckLoopException e) {
            hanging.add(e.getMessage());
            throw e;
        } finally {
            end(engine, hanging);
        }
    }

    /**
     * Closes an engine, unless something hangs: then it touches nothing, and ends the process with exit code 3.
     *
     * @param hanging what hangs, each in words
     */
    public static void end(Engine engine, List<String> hanging) {
        List<String> all = new ArrayList<>(hanging);
        if (all.isEmpty()) {
            try {
                engine.close();
                return;
            } catch (StuckLoopException e) {
                all.add(e.getMessage());
            }
        }
        engine.abandon();
        System.out.flush();
        LastWords.endProcess("leaving without closing what hangs: " + String.join("; ", all));
    }
}
