package io.twinport.control.run;

import io.twinport.control.Log;
import io.twinport.control.UserException;
import io.twinport.control.hotplug.KernelSlot;
import io.twinport.control.hotplug.Slot;
import io.twinport.control.kernel.Tap;
import io.twinport.control.kernel.TapFollower;
import io.twinport.control.plan.SideSpec;
import io.twinport.dataplane.device.KernelLinks;
import io.twinport.posix.Interfaces;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;

/**
 * The kernel's interfaces of one port: its own, and those below its sides. All are known by their numbers. {@link #look} is for
 * the thread that watches them, the rest for any.
 */
final class PortInterfaces implements KernelSlot.Ours {
    /** One that is below a side, or may come to be. */
    private record Lower(Slot slot, SideWatch watch) {}

    private final KernelLinks links;
    private final Optional<Tap> tap;
    private final Optional<TapFollower> follower;
    private final LiveSettings live;
    private final IntPredicate isTaken;
    private final Map<Integer, Lower> lowers = new ConcurrentHashMap<>();
    private final Map<Integer, List<String>> differences = new ConcurrentHashMap<>();

    /**
     * @param tap the port's own
     * @param isTaken whether an interface is one of any port's
     * @param log told what happens to the port's own
     */
    PortInterfaces(KernelLinks links, Optional<Tap> tap, LiveSettings live, IntPredicate isTaken, Log log) {
        this.links = links;
        this.tap = tap;
        this.follower = tap.map(own -> new TapFollower(own, live::follow, log));
        this.live = live;
        this.isTaken = isTaken;
    }

    /** From now on that is where a side's device is. */
    void lookAfter(int side, Slot slot, Log log) {
        lowers.compute(
                side,
                (_, before) -> before != null && before.slot == slot ? before : new Lower(slot, new SideWatch(log)));
    }

    /**
     * Something may have changed.
     *
     * @throws RuntimeException of the first that could not be looked at; the others have been
     */
    void look() {
        List<RuntimeException> failures = new ArrayList<>();
        follower.ifPresent(own -> attempt(own::look, failures));
        lowers.forEach((side, lower) -> attempt(
                () -> {
                    List<String> all = new ArrayList<>(lower.slot.lookAfter());
                    all.addAll(live.lookAfter(side, lower.watch));
                    differences.put(side, List.copyOf(all));
                },
                failures));
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    private static void attempt(Runnable action, List<RuntimeException> failures) {
        try {
            action.run();
        } catch (RuntimeException e) {
            failures.add(e);
        }
    }

    /** What is not as it should be below a side, as of the last look. */
    List<String> differences(int side) {
        return differences.getOrDefault(side, List.of());
    }

    /** Whether an interface is the port's own, or below one of its sides. */
    boolean has(int index) {
        return tap.flatMap(own -> own.index().stream().boxed().findFirst())
                        .filter(own -> own == index)
                        .isPresent()
                || lowers.values().stream().anyMatch(lower -> lower.slot.heldInterface() == index);
    }

    /**
     * Checks that nobody in this process has a side's interface.
     *
     * @throws UserException if somebody has
     */
    void check(SideSpec spec) {
        for (String name : spec.interfaces()) {
            if (Interfaces.indexOf(name).stream().anyMatch(isTaken)) {
                throw new UserException("the interface " + name
                        + " belongs to a port, or is below another side: each side needs its own.");
            }
        }
    }

    @Override
    public KernelLinks.Stay stay(int index) {
        return links.stay(index);
    }

    @Override
    public Optional<String> nameOf(KernelLinks.Stay stay) {
        return links.nameOf(stay);
    }

    @Override
    public void tidy(int index) {
        links.tidy(index);
    }

    @Override
    public boolean isTaken(int index) {
        return isTaken.test(index);
    }
}
