package io.twinport.dataplane.failover;

import static io.twinport.dataplane.failover.FailoverPolicy.NONE;
import static io.twinport.dataplane.failover.FailoverPolicy.PRIMARY;
import static io.twinport.dataplane.failover.FailoverPolicy.STANDBY;

import io.twinport.dpdk.testing.Frames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * What a failover port over two rings should do, written down as the rules say it (R41, R42, U1, U2, U4, U12, U13), without a
 * thought of speed. It shares no code with the port. Time is given in.
 */
final class PortModel {
    enum Failback {
        AT_ONCE(FailoverPolicy.FAILBACK_AT_ONCE),
        WHEN_PROVEN(FailoverPolicy.FAILBACK_WHEN_PROVEN),
        DELAYED(FailoverPolicy.FAILBACK_DELAYED),
        MANUAL(FailoverPolicy.FAILBACK_MANUAL);

        final int event;

        Failback(int event) {
            this.event = event;
        }

        static Failback of(int event) {
            return Arrays.stream(values())
                    .filter(mode -> mode.event == event)
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static final int BURST = 32;
    private static final int RELEASE = 2 * BURST;
    private static final long LONGEST_HANDOVER = 2_000_000;
    private static final long BLIND_HANDOVER = 1_000_000;
    private static final int DRAIN = 8 * BURST;
    private static final int FREE_FLAPS = 2;
    private static final int MOST_FLAPS = 7;

    /** How it is known what a side has sent. */
    enum Completion {
        AT_ONCE,
        /** When the wire has taken it. */
        TAKEN,
        NEVER
    }

    /** A frame, and when it was posted or kept. */
    private record Timed(long number, long since) {}

    /** One side as it is, and as the port knows it to be. */
    private static final class Device {
        final Deque<Long> ring = new ArrayDeque<>();
        boolean joined;
        boolean up;
        boolean knownUp;
        boolean leaving;
        Completion completion = Completion.AT_ONCE;

        boolean ready() {
            return joined && knownUp;
        }
    }

    private final Device[] devices = {new Device(), new Device(), new Device()};
    private final int ringSize;
    private final long wait;
    private final long settle;
    private Failback failback;
    private boolean damping;
    private int forced = NONE;
    private int active = NONE;
    private boolean released;
    private boolean settling;
    private int flaps;
    private boolean edge;
    private int polls;
    private int late = NONE;
    private long lateUntil;
    private long waitOverAt = -1;
    private long settledAt = -1;
    private final long hold;
    private final int mostHeld;
    private final Deque<Timed> backlog = new ArrayDeque<>();
    private final List<Timed> inFlight = new ArrayList<>();
    private int resends;
    private int posting = NONE;
    private boolean handingOver;
    private long handoverBegun;
    private boolean lastBurst;
    private long dropped;
    private long held;
    private long holdDropped;
    private long resent;
    private long notDrained;
    private long sent;
    private long refused;
    private long received;
    private long suppressed;
    private long switches;

    /**
     * @param hold nanoseconds for which frames are held for a cut, 0 for not at all
     * @param mostHeld frames kept, and remembered as in flight
     */
    PortModel(
            Failback failback,
            boolean damping,
            long wait,
            long settle,
            int ringSize,
            long hold,
            int mostHeld,
            Completion ofPrimary,
            Completion ofStandby) {
        this.hold = hold;
        this.mostHeld = mostHeld;
        devices[PRIMARY].completion = ofPrimary;
        devices[STANDBY].completion = ofStandby;
        this.failback = failback;
        this.damping = damping;
        this.wait = wait;
        this.settle = settle;
        this.ringSize = ringSize;
    }

    void join(int side, long now) {
        devices[side].joined = true;
        decideOnce(now);
        look(now);
    }

    void leave(int side, long now) {
        devices[side].joined = false;
        devices[side].knownUp = false;
        devices[side].leaving = false;
        decideOnce(now);
        if (!devices[PRIMARY].joined && !devices[STANDBY].joined) {
            inFlight.clear();
            resends = 0;
            dropOldest(backlog.size());
        }
    }

    /** The link itself; the port learns of it when it looks. */
    void link(int side, boolean up) {
        devices[side].up = up;
    }

    void edge() {
        edge = true;
    }

    /** Frames come in from the wire of a side, or are sent by the port. */
    void arrive(int side, List<Long> numbers) {
        devices[side].ring.addAll(numbers);
    }

    /** The wire takes all that a side holds. */
    List<Long> take(int side) {
        List<Long> taken = List.copyOf(devices[side].ring);
        devices[side].ring.clear();
        return taken;
    }

    int room(int side) {
        return ringSize - devices[side].ring.size();
    }

    /** How many of these frames are taken. */
    int send(List<Long> numbers, long now) {
        if (edge) {
            look(now);
        }
        advance(now);
        int count = numbers.size();
        if (posting == NONE && hold == 0) {
            dropped += count; // R41
            return count;
        }
        int taken = 0;
        if (posting != NONE && resends == 0 && backlog.isEmpty() && (!handingOver || wantsLastBurst())) {
            taken = post(numbers, now);
        }
        if (posting == NONE || resends > 0 || !backlog.isEmpty() || handingOver) {
            taken += keep(numbers.subList(taken, count), now);
        }
        refused += count - taken;
        return taken;
    }

    /** What the driver has room for. With a hold, and in a handover, it is remembered what that was. */
    private int post(List<Long> numbers, long now) {
        int taken = Math.min(numbers.size(), room(posting));
        if (hold > 0 || handingOver) {
            int mostInFlight = hold > 0 ? mostHeld : RELEASE;
            while (inFlight.size() + numbers.size() > mostInFlight) {
                inFlight.removeFirst();
            }
            numbers.subList(0, taken).forEach(number -> inFlight.add(new Timed(number, now)));
            lastBurst |= taken > 0;
        }
        arrive(posting, numbers.subList(0, taken));
        sent += taken;
        return taken;
    }

    private int keep(List<Long> numbers, long now) {
        if (posting == NONE) {
            dropOldest(Math.min(backlog.size(), backlog.size() + numbers.size() - mostHeld));
        }
        int kept = Math.min(numbers.size(), mostHeld - backlog.size());
        numbers.subList(0, kept).forEach(number -> backlog.add(new Timed(number, now)));
        held += kept;
        return kept;
    }

    private void dropOldest(int count) {
        for (int i = 0; i < count; i++) {
            backlog.removeFirst();
            holdDropped++;
        }
    }

    private void advance(long now) {
        if (handingOver) {
            handOver(now);
        }
        if (hold > 0) {
            release(now);
            while (posting == NONE && !backlog.isEmpty() && now - backlog.getFirst().since > hold) {
                dropOldest(1);
            }
        }
        if (handingOver || posting == NONE) {
            return;
        }
        while (resends > 0 && room(posting) > 0) {
            long number = inFlight.removeFirst().number;
            resends--;
            inFlight.add(new Timed(number, now));
            arrive(posting, List.of(number));
            sent++;
            resent++;
        }
        while (resends == 0 && postOldest(now) > 0) {}
    }

    private int postOldest(long now) {
        List<Long> oldest = backlog.stream().limit(BURST).map(Timed::number).toList();
        int taken = post(oldest, now);
        for (int i = 0; i < taken; i++) {
            backlog.removeFirst();
        }
        return taken;
    }

    /** U13: nothing goes by the new side before the old one has sent all, or the time is over. */
    private void handOver(long now) {
        if (wantsLastBurst() && !backlog.isEmpty()) {
            postOldest(now);
        }
        boolean drained = switch (devices[posting].completion) {
            case AT_ONCE -> true;
            case TAKEN -> !wantsLastBurst() && (inFlight.isEmpty() || taken(inFlight.getLast()));
            case NEVER -> now - handoverBegun >= BLIND_HANDOVER;
        };
        if (drained) {
            move();
        } else if (now - handoverBegun >= LONGEST_HANDOVER) {
            notDrained += wantsLastBurst() ? 0 : 1;
            move();
        }
    }

    private boolean wantsLastBurst() {
        return hold == 0 && !lastBurst && devices[posting].completion == Completion.TAKEN;
    }

    private boolean taken(Timed frame) {
        return !devices[PRIMARY].ring.contains(frame.number) && !devices[STANDBY].ring.contains(frame.number);
    }

    private boolean arrived(Timed frame, int side) {
        return devices[side].completion != Completion.NEVER && taken(frame);
    }

    /** Frames that have arrived, or are too old; the oldest 64 are looked at. */
    private void release(long now) {
        for (int i = 0; i < RELEASE && !inFlight.isEmpty(); i++) {
            Timed oldest = inFlight.getFirst();
            boolean arrived = resends == 0 && arrived(oldest, posting);
            if (!arrived && now - oldest.since < hold) {
                return;
            }
            inFlight.removeFirst();
            resends = Math.max(0, resends - 1);
        }
    }

    /** U4: the side that is posted to is gone; what it may not have sent goes by the next one first. */
    private void cut(long now) {
        if (hold > 0) {
            List<Timed> inOrder = new ArrayList<>(inFlight.subList(resends, inFlight.size()));
            inOrder.removeIf(frame -> arrived(frame, posting));
            inOrder.addAll(inFlight.subList(0, resends));
            inOrder.removeIf(frame -> now - frame.since >= hold);
            inFlight.clear();
            inFlight.addAll(inOrder);
            resends = inFlight.size();
        }
        move();
    }

    private void move() {
        endHandover();
        posting = active;
        if (posting == NONE && hold == 0) {
            dropOldest(backlog.size());
        }
    }

    private void endHandover() {
        handingOver = false;
        if (hold == 0) {
            inFlight.clear();
        }
    }

    private void follow(long now) {
        if (posting == NONE) {
            move();
        } else if (active == posting) {
            endHandover();
        } else if (!devices[posting].ready()) {
            cut(now);
        } else {
            handingOver = true;
            handoverBegun = now;
            lastBurst = false;
            handOver(now);
        }
    }

    List<Long> receive(long now) {
        if (++polls % 8 == 0) {
            look(now);
            expire(now);
            advance(now);
            if (late == NONE) {
                drain(now);
            }
        }
        List<Long> delivered = new ArrayList<>();
        if (late != NONE) {
            delivered.addAll(receiveLate(now));
        }
        if (active != NONE) {
            delivered.addAll(poll(devices[active], BURST - delivered.size()));
        }
        received += delivered.size();
        return delivered;
    }

    /** U2: the side that was left, for a while, and of that only what is sent to one receiver. */
    private List<Long> receiveLate(long now) {
        if (now >= lateUntil) {
            late = NONE;
            return List.of();
        }
        if (!devices[late].joined) {
            return List.of();
        }
        List<Long> frames = poll(devices[late], BURST);
        List<Long> unicast =
                frames.stream().filter(number -> (number & Frames.UNICAST) != 0).toList();
        suppressed += frames.size() - unicast.size();
        if (!frames.isEmpty()) {
            prove(now);
        }
        return unicast;
    }

    void force(int side, long now) {
        forced = side;
        decideOnce(now);
    }

    /** The side is wanted back; nothing if it is not there. */
    void leaving(int side, long now) {
        devices[side].leaving |= devices[side].joined;
        decideOnce(now);
    }

    void failback(Failback mode, long now) {
        failback = mode;
        decideOnce(now);
    }

    void damping(boolean on, long now) {
        damping = on;
        if (!on) {
            flaps = 0;
        }
        decideOnce(now);
    }

    void commandFailback(long now) {
        if (active == STANDBY) {
            released = true;
            decideOnce(now);
        }
    }

    /** Both links, which together make one switch at most. */
    private void look(long now) {
        edge = false;
        int before = active;
        for (int side : new int[] {PRIMARY, STANDBY}) {
            devices[side].knownUp = devices[side].joined && devices[side].up;
            decide(now);
        }
        switched(before, now);
    }

    private void decideOnce(long now) {
        int before = active;
        decide(now);
        switched(before, now);
    }

    private void switched(int before, long now) {
        if (active != before) {
            switches++;
            follow(now);
            late = active == NONE ? NONE : before;
            lateUntil = now + ReceiveSettings.DEFAULT.window().toNanos();
        } else if (handingOver && !devices[posting].ready()) {
            cut(now);
        }
    }

    private void decide(long now) {
        boolean primary = devices[PRIMARY].ready();
        boolean standby = devices[STANDBY].ready();
        if (!primary) {
            released = false;
        } else if (failback == Failback.AT_ONCE && !damped()) {
            released = true;
        }
        int wanted;
        if (!primary || !standby) {
            wanted = primary ? PRIMARY : standby ? STANDBY : NONE;
        } else if (devices[PRIMARY].leaving != devices[STANDBY].leaving) {
            wanted = devices[PRIMARY].leaving ? STANDBY : PRIMARY;
        } else if (forced != NONE) {
            wanted = forced;
        } else {
            wanted = active == STANDBY && !released ? STANDBY : PRIMARY;
        }
        if (wanted != active) {
            switchTo(wanted, primary);
        }
        if (active == PRIMARY) {
            released = false;
        }
        followTimers(now);
    }

    private void switchTo(int side, boolean primaryReady) {
        if (active == PRIMARY) {
            if (settling && !primaryReady && damping) {
                flaps = Math.min(MOST_FLAPS, flaps + 1);
            }
            settling = false;
        }
        if (side == PRIMARY) {
            settling = true;
        }
        active = side;
    }

    private boolean damped() {
        return damping && flaps > FREE_FLAPS;
    }

    private boolean waits() {
        return active == STANDBY
                && devices[PRIMARY].ready()
                && !released
                && !devices[PRIMARY].leaving
                && forced == NONE
                && failback != Failback.MANUAL;
    }

    private void expire(long now) {
        if (waitOverAt >= 0 && now >= waitOverAt) {
            waitOverAt = -1;
            if (waits()) {
                released = true;
                decideOnce(now);
            }
        } else if (settledAt >= 0 && now >= settledAt) {
            settledAt = -1;
            if (settling && active == PRIMARY) {
                settling = false;
                flaps = 0;
            }
        }
    }

    private void followTimers(long now) {
        if (!waits()) {
            waitOverAt = -1;
        } else if (waitOverAt < 0) {
            waitOverAt = now + (wait << (damped() ? flaps - FREE_FLAPS : 0));
        }
        if (!settling || active != PRIMARY) {
            settledAt = -1;
        } else if (settledAt < 0) {
            settledAt = now + settle;
        }
    }

    /** U2: the idle side is emptied; U12: a frame of a primary that waits proves it. */
    private void drain(long now) {
        if (active == NONE) {
            return;
        }
        int idle = PRIMARY + STANDBY - active;
        if (!devices[idle].joined) {
            return;
        }
        int drained = poll(devices[idle], DRAIN).size();
        suppressed += drained;
        if (drained > 0) {
            prove(now);
        }
    }

    private void prove(long now) {
        if (waits() && failback == Failback.WHEN_PROVEN && !damped()) {
            released = true;
            decideOnce(now);
        }
    }

    private static List<Long> poll(Device device, int most) {
        List<Long> frames = new ArrayList<>();
        while (frames.size() < most && !device.ring.isEmpty()) {
            frames.add(device.ring.removeFirst());
        }
        return frames;
    }

    int active() {
        return active;
    }

    boolean joined(int side) {
        return devices[side].joined;
    }

    boolean up(int side) {
        return devices[side].up;
    }

    long sent() {
        return sent;
    }

    long refused() {
        return refused;
    }

    long dropped() {
        return dropped;
    }

    long held() {
        return held;
    }

    long holdDropped() {
        return holdDropped;
    }

    long resent() {
        return resent;
    }

    long notDrained() {
        return notDrained;
    }

    /** Frames that wait. */
    int waiting() {
        return backlog.size();
    }

    long received() {
        return received;
    }

    long suppressed() {
        return suppressed;
    }

    long switches() {
        return switches;
    }
}
