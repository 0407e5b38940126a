package io.twinport.dataplane.failover;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.Sides;
import io.twinport.dataplane.failover.ReceiveSettings.Mode;
import io.twinport.dataplane.handler.EthernetHeader;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dpdk.Mbuf;
import java.util.Objects;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.NanoClock;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a failover port, of one queue: which frames of both sides are delivered.
 *
 * <pre>
 *                     ordinary                        from a switch on
 *   the source        delivered, and nothing else     delivered, once what is too old is out of its ring
 *   the other side    drained: held for the           {@link Mode#ACTIVE}: what has one receiver is delivered for a while
 *                     look-back, counted and freed    {@link Mode#BOTH}: everything, but for copies
 *                                                     {@link Mode#PRESENCE}: drained
 * </pre>
 *
 * The source is the side that transmits, or in the mode {@code PRESENCE} the primary as long as there is one. Where the
 * ordinary is all there is to do, the port {@link #isPlain} and does it itself. At a switch the frames that the new source held
 * and that are no older than the look-back go first, then those that come late by the side that was left, then those of the
 * source's ring. If that ring may hold older ones (the loop has stalled, or the device has only just joined) it is emptied
 * first, for its frames cannot be told apart. What a host keeps back itself while a ring is full is beyond anybody's knowledge
 * here.
 *
 * <p>Belongs to one poll loop.
 */
final class Receiver {
    /** At most so many drained polls of an idle side without a look at the clock. */
    static final int MOST_POLLS = 64;

    /** Bursts that are freed at once of a flooded idle side at most: the side that works must not wait. */
    private static final int DRAIN_BURSTS = 8;

    /** No ring that drivers are given here has more slots, so this many frames later what was in it is gone. */
    private static final int MOST_SLOTS = 1024;

    private final Mode mode;
    private final long lookback;
    private final long windowLength;
    private final NanoClock clock;
    private final PortTotals totals;
    private final @Nullable DuplicateFilter filter;
    private final MbufBurst burst = new MbufBurst();
    private final IdleWatch idleWatch;
    private final ReceiveSide nobody;
    private final ReceiveSide primary;
    private final ReceiveSide standby;

    private boolean plain;

    /** Whether what the source delivers to many may have copies by the other side that are to be known later. */
    private boolean copies;

    private int transmitting = Sides.NONE;
    private ReceiveSide source;

    /** The side that was left and is received from as well, until the window ends; else nobody. */
    private ReceiveSide former;

    private long windowEnd;

    /** Whether the source still has frames from before the switch to be delivered; none older than {@code oldest}. */
    private boolean looksBack;

    private long oldest;
    private boolean proof;

    /**
     * @param idleWatch of the port, of all its queues
     * @param mostPolls see {@link #MOST_POLLS}
     */
    Receiver(ReceiveSettings settings, IdleWatch idleWatch, PortTotals totals, NanoClock clock, int mostPolls) {
        this.idleWatch = idleWatch;
        mode = settings.mode();
        lookback = settings.lookback().toNanos();
        windowLength = mode == Mode.PRESENCE ? 0 : settings.window().toNanos();
        filter = mode == Mode.BOTH ? new DuplicateFilter(totals) : null;
        this.totals = totals;
        this.clock = clock;
        nobody = new ReceiveSide(Sides.NONE, new RingAge(lookback, mostPolls));
        primary = new ReceiveSide(Sides.PRIMARY, new RingAge(lookback, mostPolls));
        standby = new ReceiveSide(Sides.STANDBY, new RingAge(lookback, mostPolls));
        source = nobody;
        former = nobody;
    }

    /** Whether to receive is to receive from the side that transmits, and no more. */
    boolean isPlain() {
        return plain;
    }

    /** Receives where it is not {@link #isPlain}; as {@code PacketPort.rxBurst}. */
    int receive(long packets, int count) {
        proof = false;
        if (former == nobody && !looksBack && !source.isToBeFlushed()) {
            int n = receiveFromSource(packets, 0, count, false);
            totals.received += n;
            return n;
        }
        long now = clock.nanoTime();
        if (former != nobody && now - windowEnd >= 0) {
            former = nobody;
        }
        int n = looksBack ? takeHeld(packets, count, now) : 0;
        n = receiveLate(packets, n, count, now);
        flush();
        if (!source.isToBeFlushed()) {
            n = receiveFromSource(packets, n, count, former != nobody);
        }
        settle();
        totals.received += n;
        return n;
    }

    /** Whether the last call has received from the side that does not transmit. */
    boolean hasProof() {
        return proof;
    }

    /** Frees what sides have received that nobody wants, and holds what a switch may want (U2). Between two bursts. */
    void drain() {
        proof = false;
        if (isIdle(standby)) {
            drain(standby);
        }
        if (isIdle(primary)) {
            drain(primary);
        }
    }

    void join(int side, long line) {
        ReceiveSide joined = of(side);
        joined.join(line);
        if (joined == source) {
            joined.flush(MOST_SLOTS);
        }
        choose();
    }

    /** Its device is not touched any more, and its frames are back in their pool, as far as they are here. */
    void leave(int side) {
        ReceiveSide left = of(side);
        release(left, left.held.size(), clock.nanoTime());
        left.leave();
        former = left == former ? nobody : former;
        choose();
    }

    /** Another side transmits, or none. */
    void turn(int side) {
        transmitting = side;
        choose();
    }

    private void choose() {
        ReceiveSide next = of(transmitting);
        if (mode == Mode.PRESENCE) {
            next = primary.isMember() ? primary : standby;
        }
        if (next != source) {
            change(next, clock.nanoTime());
        }
        settle();
    }

    /**
     * The first burst to be sent waits for this, so what takes time is left to the next receive; but not the emptying of a
     * ring that may hold old frames, for what comes after the switch could not be told from them.
     */
    private void change(ReceiveSide next, long now) {
        ReceiveSide left = source;
        release(left, left.held.size(), now);
        boolean served = left.isMember() && !left.isToBeFlushed();
        left.flush(0);
        if (served) {
            left.age.servedAt(now);
        }
        former = served && next != nobody && windowLength > 0 ? left : nobody;
        windowEnd = now + windowLength;
        source = next;
        oldest = now - lookback;
        looksBack = !next.held.isEmpty();
        boolean young = lookback > 0 && next.age.holdsNothingBefore(oldest);
        next.flush(young || next == nobody ? 0 : MOST_SLOTS);
        flush();
    }

    private void settle() {
        copies = mode == Mode.BOTH && primary.isMember() && standby.isMember();
        plain = source.side == transmitting && former == nobody && !looksBack && !source.isToBeFlushed() && !copies;
    }

    /** What came before the switch is the oldest, so it goes first. */
    private int takeHeld(long packets, int count, long now) {
        MbufQueue held = source.held;
        release(source, held.before(oldest), now);
        int n = 0;
        while (n < count && !held.isEmpty()) {
            long mbuf = held.poll();
            n = keep(packets, n, mbuf, filter == null || passes(mbuf, source, now));
        }
        totals.lookback += n;
        looksBack = !held.isEmpty();
        return n;
    }

    /** From the side that was left a moment ago. */
    private int receiveLate(long packets, int taken, int count, long now) {
        if (former == nobody || taken == count) {
            return taken;
        }
        int end = taken + SideLine.receive(former.line(), slot(packets, taken), count - taken);
        former.age.servedAt(now);
        if (end > taken) {
            proof = true;
            totals.lastOfFormerNanos = now;
        }
        int n = taken;
        for (int i = taken; i < end; i++) {
            long mbuf = UnsafeApi.getLong(slot(packets, i));
            boolean wanted = filter == null ? !isForMany(mbuf) : passes(mbuf, former, now);
            n = keep(packets, n, mbuf, wanted);
        }
        return n;
    }

    private int receiveFromSource(long packets, int taken, int count, boolean inWindow) {
        if (taken == count) {
            return taken;
        }
        int end = taken + SideLine.receive(source.line(), slot(packets, taken), count - taken);
        proof |= source.side != transmitting && end > taken;
        if (filter != null) {
            return copies || inWindow ? withoutCopies(packets, taken, end, inWindow) : end;
        }
        return inWindow ? withoutOwn(packets, taken, end) : end;
    }

    /** What the port has just sent to many by the side that it left may come back by the other one. */
    private int withoutOwn(long packets, int begin, int end) {
        int n = begin;
        for (int i = begin; i < end; i++) {
            long mbuf = UnsafeApi.getLong(slot(packets, i));
            n = keep(packets, n, mbuf, !isForMany(mbuf) || !idleWatch.isOwn(mbuf));
        }
        return n;
    }

    /** Where one side is received from there are no copies, but those of frames for many may come by the other after a switch. */
    private int withoutCopies(long packets, int begin, int end, boolean inWindow) {
        int n = begin;
        long now = 0;
        for (int i = begin; i < end; i++) {
            long mbuf = UnsafeApi.getLong(slot(packets, i));
            boolean wanted = true;
            if (inWindow || isForMany(mbuf)) {
                now = now == 0 ? clock.nanoTime() : now;
                wanted = passes(mbuf, source, now);
            }
            n = keep(packets, n, mbuf, wanted);
        }
        return n;
    }

    private int keep(long packets, int n, long mbuf, boolean wanted) {
        if (wanted) {
            UnsafeApi.putLong(slot(packets, n), mbuf);
            return n + 1;
        }
        burst.set(mbuf);
        burst.free(0, 1);
        if (filter == null) {
            totals.suppressed++;
        } else {
            totals.duplicates++;
        }
        return n;
    }

    /** Empties the source's ring of what was in it at the switch, or a part of that. */
    private void flush() {
        for (int i = 0; i < DRAIN_BURSTS && source.isToBeFlushed(); i++) {
            int n = SideLine.receive(source.line(), burst.address(), MbufBurst.CAPACITY);
            discard(source, n);
            source.flushed(n);
        }
    }

    private boolean isIdle(ReceiveSide side) {
        return side != source && side != former && side.isMember();
    }

    private void drain(ReceiveSide side) {
        boolean due = lookback > 0 && side.age.isClockDue();
        long now = due ? clock.nanoTime() : 0;
        int n = SideLine.receive(side.line(), burst.address(), MbufBurst.CAPACITY);
        if (n == 0) {
            if (due) {
                side.age.foundEmpty(now);
                release(side, side.held.before(now - lookback), now);
            }
            return;
        }
        proof |= side.side != transmitting;
        int bursts = 0;
        do {
            // Before the poll that may find the ring empty: what comes in between must not pass for younger than it is.
            now = clock.nanoTime();
            passBy(side, n, now);
            n = ++bursts < DRAIN_BURSTS ? SideLine.receive(side.line(), burst.address(), MbufBurst.CAPACITY) : -1;
        } while (n > 0);
        if (n == 0) {
            side.age.foundEmpty(now);
        }
    }

    /** Every frame that an idle side receives passes here once, in {@code burst}: held for the look-back, or freed. */
    private void passBy(ReceiveSide side, int count, long now) {
        idleWatch.count(totals.idle(side.side), burst, count);
        release(side, side.held.before(now - lookback), now);
        boolean young = mode != Mode.PRESENCE && lookback > 0 && side.age.holdsNothingBefore(now - lookback);
        int unwanted = 0;
        for (int i = 0; i < count; i++) {
            long mbuf = burst.get(i);
            if (young && (filter != null || !isForMany(mbuf))) {
                hold(side, mbuf, now);
            } else {
                UnsafeApi.putLong(slot(burst.address(), unwanted++), mbuf);
            }
        }
        discard(side, unwanted);
    }

    private void hold(ReceiveSide side, long mbuf, long now) {
        release(side, side.held.surplus(Mbuf.segments(mbuf)), now);
        side.held.add(mbuf, side.age.since());
    }

    /** Frees the oldest frames that a side holds; they are not delivered any more, but their copies were. */
    private void release(ReceiveSide side, int count, long now) {
        if (filter != null) {
            for (int i = 0; i < count; i++) {
                forget(side.held.mbuf(i), side, now);
            }
        }
        side.held.free(count);
        totals.suppressed += count;
    }

    /** Frees the first frames of {@code burst}. */
    private void discard(ReceiveSide side, int count) {
        if (filter != null && count > 0) {
            long now = clock.nanoTime();
            for (int i = 0; i < count; i++) {
                forget(burst.get(i), side, now);
            }
        }
        burst.free(0, count);
        totals.suppressed += count;
    }

    private boolean passes(long mbuf, ReceiveSide by, long now) {
        long key = FrameKey.of(mbuf);
        return key == FrameKey.NONE || Objects.requireNonNull(filter).passes(key, by.side, now);
    }

    /** A frame that is not delivered has no copy to be told from it, and the copy that was delivered has had its own. */
    private void forget(long mbuf, ReceiveSide by, long now) {
        if (isForMany(mbuf)) {
            long key = FrameKey.of(mbuf);
            if (key != FrameKey.NONE) {
                Objects.requireNonNull(filter).isCopy(key, by.side, now);
            }
        }
    }

    private ReceiveSide of(int side) {
        return side == Sides.PRIMARY ? primary : side == Sides.STANDBY ? standby : nobody;
    }

    private static boolean isForMany(long mbuf) {
        return EthernetHeader.isGroupAddressed(Mbuf.data(mbuf));
    }

    private static long slot(long packets, int i) {
        return packets + (long) i * Long.BYTES;
    }
}
