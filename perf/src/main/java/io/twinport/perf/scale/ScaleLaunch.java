package io.twinport.perf.scale;

import io.twinport.perf.launch.Launch;
import java.util.List;

/** Launches a case in a fresh process. */
final class ScaleLaunch {
    private ScaleLaunch() {}

    static ScaleSample run(ScaleCase what, ScaleSetup setup) {
        return switch (what.peer()) {
            case TWINPORT, WITHOUT_CACHE -> ours(what, setup);
            case TESTPMD -> TestpmdLaunch.measure(what, setup);
            case RUN, RUN_WITHOUT_CACHE -> RunLaunch.measure(what, setup);
        };
    }

    private static ScaleSample ours(ScaleCase what, ScaleSetup setup) {
        List<String> arguments = ScaleChild.arguments(what, setup);
        List<String> command = what.peer().hasCache()
                ? Launch.java(ScaleChild.class, arguments)
                : Launch.javaWithoutCache(ScaleChild.class, arguments);
        command.add(1, "-D" + ScaleChild.STARTED_AT + "=" + System.nanoTime());
        List<String> lines = Launch.run(what.label(), command, setup.limit(), (line, pid) -> {});
        return ScaleSample.parse(Launch.find(ScaleChild.RESULT, lines));
    }
}
