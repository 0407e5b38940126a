package io.twinport.perf.scale;

import io.twinport.control.UserException;
import io.twinport.dataplane.engine.Engine;
import io.twinport.dpdk.Eal;
import io.twinport.perf.launch.Rig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One launch of ours, a process of its own. Prints one line, {@code scaled} and a {@link ScaleSample}. */
final class ScaleChild {
    static final String RESULT = "scaled ";

    /** Property with {@link System#nanoTime} of the parent, whose clock this is too. */
    static final String STARTED_AT = "twinport.perf.startedAt";

    private ScaleChild() {}

    /** Arguments that {@link #main} understands. */
    static List<String> arguments(ScaleCase what, ScaleSetup setup) {
        List<String> arguments = new ArrayList<>(List.of(what.toText()));
        arguments.addAll(setup.toArguments());
        return arguments;
    }

    public static void main(String[] arguments) throws IOException {
        ScaleCase what = ScaleCase.parse(arguments[0]);
        ScaleSetup setup = ScaleSetup.parse(List.of(arguments).subList(1, arguments.length));
        // Where the product has it too: on a disk its pages would be written back from under the loop.
        Path cnc =
                Path.of("/dev/shm", "twinport-bench-" + ProcessHandle.current().pid() + ".cnc");
        try (Engine engine = Engine.start(setup.eal(what.loops()), cnc, Rig.MBUFS);
                ScalePorts ports = new ScalePorts(engine, what, setup.pollCpus(what.loops()))) {
            System.out.println(RESULT + measure(ports, what, setup).toText());
        } catch (RuntimeException e) {
            if (!UserException.isToMend(e)) {
                throw e;
            }
            System.err.println(e.getMessage());
            System.exit(2);
        } finally {
            Files.deleteIfExists(cnc);
        }
    }

    private static ScaleSample measure(ScalePorts ports, ScaleCase what, ScaleSetup setup) {
        ScaleMeter meter = new ScaleMeter(
                ProcessHandle.current().pid(), Long.getLong(STARTED_AT, 0), ports::haveSent, ports::sent);
        if (!what.peer().hasRate()) {
            return ScaleSample.ofStart(meter.firstPacket(setup), 0);
        }
        ScaleSample sample = meter.measure(setup, Eal.version());
        ports.check(sample.frames());
        return sample;
    }
}
