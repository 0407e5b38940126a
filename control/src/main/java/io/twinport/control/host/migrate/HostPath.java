package io.twinport.control.host.migrate;

import io.twinport.control.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The way of a guest's frames on this host, of one pair: to its standby while the primary is not there, else the NIC's own. The steps
 * are those of a migration, and so is their undo; somebody else migrates the guest. For one thread.
 */
public final class HostPath {
    private static final BooleanSupplier NEVER = () -> false;

    private final String primary;
    private final String standby;
    private final boolean isPrimaryThere;
    private final List<Step> steps;
    private final List<Taken> taken = new ArrayList<>();
    private final StepTaker taker;
    private final Hosts hosts;
    private final HostPrograms programs;
    private final String tap;
    private final Optional<String> vf;

    /**
     * A step that was taken.
     *
     * @param seen the value before, which it gets back
     */
    public record Taken(String uuid, String primary, Step step, String seen) {}

    private final String uuid;

    /** @param vf {@code PF+N}; empty where the primary is not there */
    HostPath(
            String uuid,
            String primary,
            String standby,
            boolean isPrimaryThere,
            List<Step> steps,
            Hosts hosts,
            HostPrograms programs,
            String tap,
            Optional<String> vf,
            Log log) {
        this.uuid = uuid;
        this.primary = primary;
        this.standby = standby;
        this.isPrimaryThere = isPrimaryThere;
        this.steps = steps;
        this.taker = new StepTaker(hosts, log, NEVER);
        this.hosts = hosts;
        this.programs = programs;
        this.tap = tap;
        this.vf = vf;
    }

    /** The alias by which libvirt and QEMU know it. */
    public String primary() {
        return primary;
    }

    public String standby() {
        return standby;
    }

    /** Whether the guest had its primary when this was made. */
    public boolean isPrimaryThere() {
        return isPrimaryThere;
    }

    /** What has been changed and is to be undone. */
    public List<Taken> taken() {
        return List.copyOf(taken);
    }

    /** Has this undo what an earlier process, or an earlier look at the guest, has changed. */
    public void adopt(List<Taken> earlier) {
        earlier.stream()
                .filter(each -> each.uuid().equals(uuid) && each.primary().equals(primary))
                .forEach(taken::add);
    }

    /**
     * Has the frames go to the standby. What is so already is somebody else's, and is not undone later.
     *
     * @param keep called before anything is changed, so that it outlives this process
     * @return what has failed: nothing, where all is as it should be
     */
    public List<String> toStandby(Runnable keep) {
        List<String> faults = new ArrayList<>();
        for (Step step : steps) {
            try {
                String seen = hosts.read(step.setting());
                boolean isOurs =
                        taken.stream().anyMatch(each -> each.step().setting().equals(step.setting()));
                if (taker.isWanted(step, seen)) {
                    continue;
                }
                if (!StepTaker.isExpected(step, seen)) {
                    throw new StepException(step.setting().text() + " is " + seen + ", which is somebody else's: it is"
                            + " left alone");
                }
                if (!isOurs) {
                    taken.add(new Taken(uuid, primary, step, seen));
                    keep.run();
                }
                taker.change(step, seen, false);
            } catch (StepException | UnreachableException e) {
                faults.add(String.valueOf(e.getMessage()));
            }
        }
        return faults;
    }

    /**
     * Gives everything back the value that it had, in reverse order.
     *
     * @param keep called when something has been
     * @return what has failed, and is tried again the next time
     */
    public List<String> undo(Runnable keep) {
        List<String> faults = new ArrayList<>();
        for (Taken each : taken().reversed()) {
            try {
                taker.undo(each.step(), each.seen());
                taken.remove(each);
                keep.run();
            } catch (StepException | UnreachableException e) {
                faults.add(String.valueOf(e.getMessage()));
            }
        }
        return faults;
    }

    /** How many frames the guest has sent by its primary; empty where the PF does not count them, or there is none. */
    public Optional<Long> framesByPrimary() {
        return vf.flatMap(this::frames);
    }

    /** By its standby. */
    public Optional<Long> framesByStandby() {
        return frames(tap);
    }

    private Optional<Long> frames(String subject) {
        try {
            return Optional.of(VirshHosts.frames(programs, subject));
        } catch (UnreachableException e) {
            return Optional.empty();
        }
    }
}
