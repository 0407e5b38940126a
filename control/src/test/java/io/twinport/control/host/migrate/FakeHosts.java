package io.twinport.control.host.migrate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Two hosts that are a map of values; time passes when somebody waits. They stop whoever uses them at a chosen call. */
final class FakeHosts implements Hosts {
    /** The process that used them is gone. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** What a migration comes to by itself. */
    enum Fate {
        ARRIVES,
        FAILS
    }

    static final long MOMENT = 300;

    final Map<Setting, String> values = new LinkedHashMap<>();
    Fate fate = Fate.ARRIVES;
    boolean guestLetsGo = true;

    @Nullable
    Side unreachable;

    /** What the kernel does not do. */
    @Nullable
    Setting refused;

    /** An entry that the guest's next frame moves to the uplink. */
    @Nullable
    Setting moving;

    /** Until then the states of both do not fit together. */
    long fitNanos;

    int calls;

    /** The call that is the last: before it is carried out where even, after it where odd. */
    int killAt = -1;

    private Place place = Place.SOURCE;
    private long nanos;
    private long migrationEnds = Long.MAX_VALUE;
    private final Map<Setting, Long> leaving = new LinkedHashMap<>();

    void revive() {
        killAt = -1;
        calls = 0;
    }

    Place place() {
        return place;
    }

    void setPlace(Place now) {
        place = now;
    }

    /** All that a run may change. */
    Map<Setting, String> snapshot() {
        return Map.copyOf(values);
    }

    private <T> T call(Supplier<T> work) {
        int call = calls++;
        if (killAt == 2 * call) {
            throw new Killed();
        }
        T result = work.get();
        if (killAt == 2 * call + 1) {
            throw new Killed();
        }
        return result;
    }

    private void reach(Side side) {
        if (side == unreachable) {
            throw new UnreachableException(side.text() + " is away");
        }
    }

    private void pass() {
        if (place == Place.MIGRATING && nanos >= migrationEnds) {
            place = fate == Fate.ARRIVES ? Place.TARGET : Place.SOURCE;
            if (place == Place.TARGET) {
                values.keySet()
                        .removeIf(each ->
                                each.side() == Side.SOURCE && each.kind().isOfGuest());
                values.put(new Setting(Side.TARGET, Setting.Kind.GUEST_LINK, "tap01", ""), Setting.UP);
                values.put(new Setting(Side.TARGET, Setting.Kind.DEVICE, "ua-vf", ""), Setting.NONE);
            }
        }
        leaving.entrySet().removeIf(each -> {
            boolean isDue = nanos >= each.getValue();
            if (isDue) {
                values.put(each.getKey(), Setting.NONE);
            }
            return isDue;
        });
    }

    @Override
    public DomainState state(Side side) {
        return call(() -> {
            reach(side);
            pass();
            boolean isSource = side == Side.SOURCE;
            return switch (nanos < fitNanos ? Place.UNKNOWN : place) {
                case SOURCE -> isSource ? new DomainState("running", "booted", false) : DomainState.ABSENT;
                case MIGRATING ->
                    new DomainState(isSource ? "running" : "paused", isSource ? "" : "migrating", isSource);
                case TARGET -> isSource ? DomainState.ABSENT : new DomainState("running", "migrated", false);
                case OFF -> isSource ? new DomainState("shut off", "shutdown", false) : DomainState.ABSENT;
                case UNKNOWN -> new DomainState("running", "", false);
            };
        });
    }

    @Override
    public String read(Setting setting) {
        return call(() -> {
            reach(setting.side());
            pass();
            return values.getOrDefault(setting, Setting.NONE);
        });
    }

    @Override
    public String resolve(Side side, String value) {
        return value.startsWith("@") ? "tap01" : value;
    }

    @Override
    public String set(Step step, String value) {
        return call(() -> {
            reach(step.setting().side());
            pass();
            if (step.setting().equals(refused)) {
                return "Operation not supported";
            }
            if (step.setting().kind() == Setting.Kind.DEVICE && value.equals(Setting.NONE)) {
                if (guestLetsGo) {
                    leaving.put(step.setting(), nanos + MOMENT * 1_000_000);
                }
            } else {
                boolean isMoved = step.setting().equals(moving) && !value.equals(Setting.NONE);
                values.put(step.setting(), isMoved ? "pf0" : value);
            }
            return "";
        });
    }

    @Override
    public String migrate(Step step, Watch watch) {
        call(() -> {
            place = Place.MIGRATING;
            migrationEnds = nanos + MOMENT * 1_000_000;
            return place;
        });
        while (place == Place.MIGRATING) {
            if (watch.isAborted()) {
                abort();
            }
            watch.progress("on its way");
            pause(50);
        }
        return fate == Fate.ARRIVES ? "" : "it was planned to fail";
    }

    @Override
    public String awaitMigration() {
        return call(() -> "");
    }

    @Override
    public void abort() {
        call(() -> fate = Fate.FAILS);
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void pause(long millis) {
        call(() -> {
            nanos += millis * 1_000_000;
            pass();
            return Objects.toString(place);
        });
    }
}
