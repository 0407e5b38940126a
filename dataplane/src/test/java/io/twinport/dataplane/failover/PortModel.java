package io.twinport.dataplane.failover;

import static io.twinport.dataplane.Sides.NONE;
import static io.twinport.dataplane.Sides.PRIMARY;
import static io.twinport.dataplane.Sides.STANDBY;

import io.twinport.dataplane.failover.ReceiveSettings.Mode;
import io.twinport.dataplane.policy.FailoverPolicy;
import io.twinport.dpdk.testing.Frames;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a failover port over two rings should do, written down as the rules say it (R41, R42, R52-R54, U1, U2, U4, U8, U12,
 * U13), without a thought of speed. It shares no code with the port. Time is given in.
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
    private static final int MOST_HELD = 512;
    private static final int MOST_IN_RING = 1024;
    private static final long PAIRING = 20_000_000;
    private static final long NEVER = Long.MIN_VALUE / 2;

    /**
     * @param unwanted it has come while its side was not received from
     * @param notBefore what the port knows of its arrival
     */
    private record Frame(long number, long arrived, boolean unwanted, long notBefore) {
        boolean isForMany() {
            return (number & Frames.UNICAST) == 0;
        }

        Frame held(long since) {
            return new Frame(number, arrived, unwanted, since);
        }
    }

    /** A frame that was delivered, and whose copy by the other side has not come yet. */
    private record Delivered(int side, long at) {}

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
    static final class Device {
        final int side;
        final List<Frame> ring = new ArrayList<>();
        final Deque<Frame> held = new ArrayDeque<>();
        long since = NEVER;
        int toFlush;
        boolean joined;
        boolean up;
        boolean knownUp;
        boolean leaving;
        Completion completion = Completion.AT_ONCE;

        Device(int side) {
            this.side = side;
        }

        boolean ready() {
            return joined && knownUp;
        }
    }

    private final Device[] devices = {new Device(NONE), new Device(PRIMARY), new Device(STANDBY)};
    private final Map<Long, List<Delivered>> delivered = new HashMap<>();
    private final SelectorModel selector;
    private final Mode mode;
    private final long lookback;
    private final long window;
    private final int ringSize;
    private boolean edge;
    private int polls;
    private int bursts;
    private int late = NONE;
    private long lateUntil;
    private int source = NONE;
    private long changedAt;
    private boolean lookingBack;
    private final long hold;
    private final int mostHeld;
    private final Deque<Timed> backlog = new ArrayDeque<>();
    private final List<Timed> inFlight = new ArrayList<>();
    private int resends;

    /** Received, and not yet given to the caller: over rings these may be frames that the port has posted itself. */
    private List<Frame> inHand = List.of();

    private int posting = NONE;
    private boolean handingOver;
    private long handoverBegun;
    private boolean lastBurst;
    private boolean full;
    private boolean idle;
    private long dropped;
    private long held;
    private long holdDropped;
    private long resent;
    private long notDrained;
    private long sent;
    private long refused;
    private long received;
    private long suppressed;
    private long duplicates;
    private long lookedBack;
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
            ReceiveSettings receive,
            int ringSize,
            long hold,
            int mostHeld,
            Completion ofPrimary,
            Completion ofStandby) {
        this.mode = receive.mode();
        this.lookback = receive.lookback().toNanos();
        this.window = mode == Mode.PRESENCE ? 0 : receive.window().toNanos();
        this.hold = hold;
        this.mostHeld = mostHeld;
        devices[PRIMARY].completion = ofPrimary;
        devices[STANDBY].completion = ofStandby;
        selector = new SelectorModel(devices, failback, damping, wait, settle);
        this.ringSize = ringSize;
    }

    void join(int side, long now) {
        devices[side].joined = true;
        devices[side].since = NEVER;
        devices[side].toFlush = side == source ? MOST_IN_RING : 0;
        chooseSource(now);
        decideOnce(now);
        look(now);
    }

    void leave(int side, long now) {
        devices[side].joined = false;
        devices[side].knownUp = false;
        devices[side].leaving = false;
        suppress(devices[side], List.copyOf(devices[side].held), now);
        devices[side].held.clear();
        devices[side].since = NEVER;
        devices[side].toFlush = 0;
        late = late == side ? NONE : late;
        chooseSource(now);
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
    void arrive(int side, List<Long> numbers, long now) {
        boolean unwanted = side != source && side != late || !devices[side].joined;
        numbers.forEach(number -> devices[side].ring.add(new Frame(number, now, unwanted, NEVER)));
    }

    /** The wire takes all that a side holds. */
    List<Long> take(int side) {
        List<Long> taken = numbers(List.copyOf(devices[side].ring));
        devices[side].ring.clear();
        return taken;
    }

    int room(int side) {
        return ringSize - devices[side].ring.size();
    }

    /** How many of these frames are taken. */
    int send(List<Long> numbers, long now) {
        if (++bursts % 2 == 0 ? hasActiveMoved() : edge) {
            look(now);
        }
        boolean isLastBurst = handingOver && wantsLastBurst() && backlog.isEmpty();
        if (!isLastBurst) {
            advance(now);
        }
        int count = numbers.size();
        if (posting == NONE && hold == 0) {
            dropped += count; // R41
            return count;
        }
        int taken = 0;
        if (posting != NONE && resends == 0 && backlog.isEmpty() && (!handingOver || isLastBurst)) {
            taken = post(numbers, now);
        }
        if (posting == NONE || resends > 0 || !backlog.isEmpty() || handingOver) {
            taken += keep(numbers.subList(taken, count), now);
        }
        refused += count - taken;
        if (taken < count && hasActiveMoved()) {
            look(now);
        }
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
            handoverBegun = taken > 0 ? now : handoverBegun;
            full |= taken == 0 && !numbers.isEmpty();
        }
        arrive(posting, numbers.subList(0, taken), now);
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
            arrive(posting, List.of(number), now);
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
            boolean timedOut = full || !wantsLastBurst();
            notDrained += timedOut ? 1 : 0;
            if (timedOut || idle) {
                move();
            }
            idle = true;
        }
    }

    private boolean wantsLastBurst() {
        return hold == 0 && !lastBurst && devices[posting].completion == Completion.TAKEN;
    }

    private boolean taken(Timed frame) {
        Stream<Frame> ofDevices =
                Arrays.stream(devices).flatMap(device -> Stream.concat(device.ring.stream(), device.held.stream()));
        return Stream.concat(ofDevices, inHand.stream()).noneMatch(other -> other.number() == frame.number);
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
        posting = active();
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
        } else if (active() == posting) {
            endHandover();
        } else if (!devices[posting].ready()) {
            cut(now);
        } else {
            handingOver = true;
            handoverBegun = now;
            lastBurst = false;
            full = false;
            idle = false;
            handOver(now);
        }
    }

    List<Long> receive(long now) {
        if (++polls % 8 == 0) {
            look(now);
        }
        if (polls % RingedPort.HOUSEKEEPING_POLLS == 0) {
            if (selector.expire(now)) {
                decideOnce(now);
            }
            advance(now);
            drain(now);
        }
        if (late != NONE && now >= lateUntil) {
            late = NONE;
        }
        boolean fresh = late != NONE;
        boolean proof = false;
        Device from = devices[source];
        List<Frame> all = new ArrayList<>();
        if (lookingBack) {
            lookBack(from, all, now);
        }
        if (late != NONE && all.size() < BURST) {
            List<Frame> frames = poll(devices[late], BURST - all.size());
            devices[late].since = now;
            proof = !frames.isEmpty();
            for (Frame frame : frames) {
                if (mode == Mode.BOTH ? !isCopy(frame, late, now) : !frame.isForMany()) {
                    all.add(frame);
                } else if (mode != Mode.BOTH) {
                    suppressed++;
                }
            }
        }
        flush(from, now);
        if (from.toFlush == 0 && all.size() < BURST) {
            List<Frame> frames = poll(from, BURST - all.size());
            proof |= source != active() && !frames.isEmpty();
            for (Frame frame : frames) {
                boolean compared =
                        mode == Mode.BOTH && (fresh || frame.isForMany() && joined(PRIMARY) && joined(STANDBY));
                if (!compared || !isCopy(frame, source, now)) {
                    all.add(frame);
                }
            }
        }
        received += all.size();
        if (proof) {
            inHand = all;
            prove(now);
            inHand = List.of();
        }
        return numbers(all);
    }

    /** U2: what the new source held when it became the source, and is young enough. */
    private void lookBack(Device from, List<Frame> all, long now) {
        age(from, changedAt - lookback, now);
        while (all.size() < BURST && !from.held.isEmpty()) {
            Frame frame = from.held.remove();
            if (mode != Mode.BOTH || !isCopy(accepted(frame), from.side, now)) {
                all.add(frame);
                lookedBack++;
            }
        }
        lookingBack = !from.held.isEmpty();
    }

    /** U2, and the one rule that needs no knowledge of the port: nothing older than the look-back. */
    private Frame accepted(Frame frame) {
        if (frame.unwanted() && frame.arrived() < changedAt - lookback) {
            throw new AssertionError(frame + " is accepted at a switch at " + changedAt);
        }
        return new Frame(frame.number(), frame.arrived(), false, NEVER);
    }

    private void flush(Device from, long now) {
        for (int i = 0; i < DRAIN / BURST && from.toFlush > 0; i++) {
            List<Frame> frames = poll(from, BURST);
            suppress(from, frames, now);
            from.toFlush = frames.isEmpty() ? 0 : Math.max(0, from.toFlush - frames.size());
        }
    }

    /** U8: the k-th copy by one side and the k-th by the other are one frame, if they come within a time. */
    private boolean isCopy(Frame frame, int side, long now) {
        if (cancel(frame, side, now)) {
            duplicates++;
            return true;
        }
        delivered.computeIfAbsent(frame.number(), number -> new ArrayList<>()).add(new Delivered(side, now));
        return false;
    }

    private boolean cancel(Frame frame, int side, long now) {
        List<Delivered> others = delivered.getOrDefault(frame.number(), List.of());
        for (Delivered other : others) {
            if (other.side() != side && now - other.at() <= PAIRING) {
                return others.remove(other);
            }
        }
        return false;
    }

    /** Not delivered; the copy that was has found its other one. */
    private void suppress(Device device, List<Frame> frames, long now) {
        suppressed += frames.size();
        if (mode == Mode.BOTH) {
            frames.stream().filter(Frame::isForMany).forEach(frame -> cancel(frame, device.side, now));
        }
    }

    private void age(Device device, long oldest, long now) {
        while (!device.held.isEmpty() && device.held.peek().notBefore() < oldest) {
            suppress(device, List.of(device.held.remove()), now);
        }
    }

    /** Who is received from: who transmits, or by the kernel's rule who is there. */
    private void chooseSource(long now) {
        int next = mode != Mode.PRESENCE ? active() : joined(PRIMARY) ? PRIMARY : STANDBY;
        if (next == source) {
            return;
        }
        Device left = devices[source];
        suppress(left, List.copyOf(left.held), now);
        left.held.clear();
        boolean served = left.joined && left.toFlush == 0;
        left.toFlush = 0;
        left.since = served ? now : left.since;
        late = served && next != NONE && window > 0 ? source : NONE;
        lateUntil = now + window;
        source = next;
        changedAt = now;
        lookingBack = !devices[next].held.isEmpty();
        boolean young = lookback > 0 && devices[next].since >= now - lookback;
        devices[next].toFlush = young || next == NONE ? 0 : MOST_IN_RING;
        flush(devices[next], now);
        if (young) {
            devices[next].ring.replaceAll(this::accepted);
        }
    }

    void force(int side, long now) {
        selector.force(side);
        decideOnce(now);
    }

    /** The side is wanted back; nothing if it is not there. */
    void leaving(int side, long now) {
        devices[side].leaving |= devices[side].joined;
        decideOnce(now);
    }

    void failback(Failback mode, long now) {
        selector.failback(mode);
        decideOnce(now);
    }

    void damping(boolean on, long now) {
        selector.damping(on);
        decideOnce(now);
    }

    void silent(long now) {
        selector.silent();
        decideOnce(now);
    }

    void stalled(long now) {
        selector.stalled();
        decideOnce(now);
    }

    void failed(long now) {
        selector.failed();
        decideOnce(now);
    }

    void resumed(long now) {
        selector.resumed();
        decideOnce(now);
    }

    void dead(boolean isDead, long now) {
        selector.dead(isDead);
        decideOnce(now);
    }

    void commandFailback(long now) {
        if (active() == STANDBY) {
            selector.commandFailback();
            decideOnce(now);
        }
    }

    private boolean hasActiveMoved() {
        Device device = devices[active()];
        return edge || (active() != NONE && (device.joined && device.up) != device.knownUp);
    }

    /** Both links, which together make one switch at most. */
    private void look(long now) {
        edge = false;
        int before = active();
        for (int side : new int[] {PRIMARY, STANDBY}) {
            devices[side].knownUp = devices[side].joined && devices[side].up;
            selector.decide(now);
        }
        switched(before, now);
    }

    private void decideOnce(long now) {
        int before = active();
        selector.decide(now);
        switched(before, now);
    }

    private void switched(int before, long now) {
        if (active() != before) {
            switches++;
            follow(now);
            chooseSource(now);
        } else if (handingOver && !devices[posting].ready()) {
            cut(now);
        }
    }

    /** U2: sides that are not received from are emptied; U12: a frame of a primary that waits proves it. */
    private void drain(long now) {
        boolean proof = false;
        for (int side : new int[] {STANDBY, PRIMARY}) {
            if (side != source && side != late && joined(side)) {
                proof |= drain(devices[side], now) && side != active();
            }
        }
        if (proof) {
            prove(now);
        }
    }

    private boolean drain(Device device, long now) {
        boolean emptied = device.ring.size() <= DRAIN - BURST;
        List<Frame> frames = poll(device, DRAIN);
        age(device, now - lookback, now);
        boolean holds = mode != Mode.PRESENCE && lookback > 0 && device.since >= now - lookback;
        for (Frame frame : frames) {
            if (!holds || mode == Mode.ACTIVE && frame.isForMany()) {
                suppress(device, List.of(frame), now);
                continue;
            }
            if (device.held.size() == MOST_HELD) {
                suppress(device, List.of(device.held.remove()), now);
            }
            device.held.add(frame.held(device.since));
        }
        if (emptied) {
            device.since = now;
        }
        return !frames.isEmpty();
    }

    private void prove(long now) {
        if (selector.prove()) {
            decideOnce(now);
        }
    }

    private static List<Frame> poll(Device device, int most) {
        List<Frame> frames = new ArrayList<>();
        if (device.joined) {
            List<Frame> first = device.ring.subList(0, Math.min(most, device.ring.size()));
            frames.addAll(first);
            first.clear();
        }
        return frames;
    }

    private static List<Long> numbers(List<Frame> frames) {
        return frames.stream().map(Frame::number).toList();
    }

    int active() {
        return selector.active();
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

    long duplicates() {
        return duplicates;
    }

    long lookedBack() {
        return lookedBack;
    }

    /** Frames whose copies are awaited. */
    int remembered(long now) {
        delivered.values().forEach(others -> others.removeIf(other -> now - other.at() > PAIRING));
        delivered.values().removeIf(List::isEmpty);
        return delivered.values().stream().mapToInt(List::size).sum();
    }

    long switches() {
        return switches;
    }
}
