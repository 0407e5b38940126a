package io.twinport.control.cli;

import io.twinport.control.TimeOfDay;
import io.twinport.dataplane.cnc.CncReading;
import io.twinport.dataplane.cnc.InputLog;
import io.twinport.dataplane.cnc.PolicyInput;
import io.twinport.dataplane.policy.PolicyText;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code twinport replay}. */
@Command(
        name = "replay",
        description = "Take the decisions again that a twinport.cnc has on record, and show each with its cause. Works"
                + " beside the process that writes it, and after it has died.",
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "For instance /dev/shm/twinport-root/twinport.cnc")
    Path file = Path.of("");

    private final Map<Integer, Integer> states = new HashMap<>();
    private int wrong;

    @Override
    public Integer call() {
        return replay(CncReading.read(file));
    }

    int replay(CncReading reading) {
        List<PolicyInput> inputs = new InputLog(reading.policyInputs()).inputs();
        TimeOfDay time = new TimeOfDay(reading.startMillis(), reading.startNanos());
        for (PolicyInput input : inputs) {
            System.out.printf(
                    "%s  port %d  %-32s  %s%s%n",
                    time.text(input.nanos()),
                    input.port(),
                    PolicyText.event(input.event()),
                    PolicyText.decision(input.before(), input.after()),
                    fault(input, states.put(input.port(), input.after())));
        }
        System.out.printf(
                "%d inputs, %s%n",
                inputs.size(),
                wrong == 0
                        ? "each decided as before"
                        : wrong + " that this version decides otherwise, or whose causes are missing");
        return wrong == 0 ? 0 : 1;
    }

    /** What is wrong with an entry, if anything: the log has a gap, or this policy is another one than the writer's. */
    private String fault(PolicyInput input, @Nullable Integer expected) {
        boolean hasGap = expected != null && expected != input.before();
        if (!hasGap && input.decide() == input.after()) {
            return "";
        }
        wrong++;
        return hasGap
                ? "  <- an entry before it is missing"
                : "  <- this version says: " + PolicyText.decision(input.before(), input.decide());
    }
}
