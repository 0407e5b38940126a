package io.twinport.perf.forward;

import io.twinport.control.UserException;
import io.twinport.perf.launch.Rig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the user has asked for: all combinations of these.
 *
 * @param launches of each case
 * @param packets that each launch forwards, null for what suits the device
 * @param warmUp of each launch
 */
record ForwardPlan(
        List<ForwardDevice> devices,
        List<FrameSize> sizes,
        List<Integer> bursts,
        List<ForwardMode> modes,
        List<ForwardCase> cases,
        int launches,
        @Nullable Long packets,
        Duration warmUp) {
    private static final int MOST_BURST = 64;

    /**
     * One combination.
     *
     * @param cases that it can have, at least one
     */
    record Point(ForwardSetup setup, List<ForwardCase> cases) {}

    /**
     * The elements of an option's value, with commas between.
     *
     * @param element makes one of its text; it throws a {@link UserException} where it cannot
     */
    static <T> List<T> list(String text, Function<String, T> element) {
        return Arrays.stream(text.split(",", -1)).map(element).distinct().toList();
    }

    /** The constant that an element names in lower case. */
    static <E extends Enum<E>> E constant(String option, Class<E> type, Function<E, String> label, String text) {
        E[] all = type.getEnumConstants();
        return Arrays.stream(all)
                .filter(constant -> label.apply(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> new UserException(option + " " + text + " is not possible: give "
                        + Arrays.stream(all).map(label).collect(Collectors.joining(", ")) + "."));
    }

    /** A burst's element. */
    static int burst(String text) {
        try {
            int burst = Integer.parseInt(text);
            if (burst >= 1 && burst <= MOST_BURST) {
                return burst;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new UserException("--burst " + text + " is not possible: give 1 to " + MOST_BURST + ".");
    }

    /**
     * The combinations that can be had.
     *
     * @param leftOut gets those that cannot, and why
     */
    List<Point> points(Rig rig, Map<String, String> leftOut) {
        List<Point> points = new ArrayList<>();
        for (ForwardDevice device : devices) {
            for (FrameSize size : sizes) {
                if (size.isMixed() && device.isMaker()) {
                    leftOut.put("imix on null", "all frames of net_null are alike");
                    continue;
                }
                for (int burst : bursts) {
                    for (ForwardMode mode : modes) {
                        long count = packets == null ? device.packets() : packets;
                        ForwardSetup setup = new ForwardSetup(rig, device, size, burst, mode, count, warmUp);
                        List<ForwardCase> possible = possible(setup, leftOut);
                        if (!possible.isEmpty()) {
                            points.add(new Point(setup, possible));
                        }
                    }
                }
            }
        }
        return points;
    }

    private List<ForwardCase> possible(ForwardSetup setup, Map<String, String> leftOut) {
        List<ForwardCase> possible = new ArrayList<>();
        for (ForwardCase what : cases) {
            String obstacle = setup.obstacle(what);
            if (obstacle.isEmpty()) {
                possible.add(what);
            } else {
                leftOut.put(what.label() + " on " + setup.device().label(), obstacle);
            }
        }
        return possible;
    }

    /** How the user can run all of it again. */
    String command() {
        return "./twinport bench forward --launches " + launches + " --cases " + text(cases, ForwardCase::label)
                + " --device " + text(devices, ForwardDevice::label) + " --size " + text(sizes, FrameSize::name)
                + " --burst " + text(bursts, burst -> "" + burst) + " --mode " + text(modes, ForwardMode::label)
                + (packets == null ? "" : " --packets " + packets) + " --warm-up " + warmUp.toMillis();
    }

    /** How the user can run one of the combinations again. */
    String command(Point point) {
        ForwardSetup setup = point.setup;
        return new ForwardPlan(
                        List.of(setup.device()),
                        List.of(setup.size()),
                        List.of(setup.burst()),
                        List.of(setup.mode()),
                        point.cases,
                        launches,
                        setup.packets(),
                        warmUp)
                .command();
    }

    private static <T> String text(List<T> elements, Function<T, String> label) {
        return elements.stream().map(label).collect(Collectors.joining(","));
    }
}
