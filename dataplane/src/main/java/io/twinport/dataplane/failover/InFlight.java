package io.twinport.dataplane.failover;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.line.SideLine;
import io.twinport.dataplane.line.TransmitFixUp;
import io.twinport.dataplane.line.TxCompletion;
import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;

/**
 * The frames that a queue has posted and may have to post again (U4). Each was given an owner more before its driver got
 * it, so it stays as it is until it is released here: when it is known to have arrived, or when the time is over. After a
 * cut they are posted on the other side, in their order.
 *
 * <p>An mbuf with two owners forbids what writes into it or does without counting: {@code MBUF_FAST_FREE}, and a header
 * pushed in front of the frame, for which virtio drivers look whether they are the only owner. What its flags ask for is
 * done by the CPU before it has two, even where the device could: the other side may lack it, and could not do it any more.
 *
 * <pre>
 *    oldest                                        youngest
 *   | to be posted again | posted again | posted since |
 *   |<--- resends() ---->|
 * </pre>
 */
final class InFlight {
    /** Mbufs released at a time, so that no burst pays for many. */
    private static final int RELEASE = 2 * MbufBurst.CAPACITY;

    private final MbufQueue frames;
    private final long holdNanos;
    private final MbufBurst scratch = new MbufBurst();
    private int resends;
    private long overdue;

    /**
     * @param capacity mbufs that it holds, a power of two, at least a burst
     * @param holdNanos for how long frames are held whose arrival is not known
     */
    InFlight(int capacity, long holdNanos) {
        this.frames = new MbufQueue(capacity);
        this.holdNanos = holdNanos;
    }

    /**
     * Posts frames and remembers those that were taken.
     *
     * @param count at most {@link MbufBurst#CAPACITY}
     * @return how many the driver took
     */
    int post(long line, long packets, int count, long now) {
        int surplus = frames.surplus(MbufQueue.mbufsOf(packets, count));
        if (surplus > 0) {
            giveUp(line, surplus);
        }
        TransmitFixUp.completeAll(packets, count);
        int size = frames.size();
        for (int i = 0; i < count; i++) {
            long mbuf = UnsafeApi.getLong(packets + (long) i * Long.BYTES);
            Mbuf.reference(mbuf);
            frames.set(size + i, mbuf, now);
        }
        int taken = SideLine.transmit(line, packets, count);
        for (int i = taken; i < count; i++) {
            Mbuf.unreference(frames.mbuf(size + i));
        }
        frames.grow(taken);
        return taken;
    }

    /** Posts frames again that a cut has left, the oldest first; how many were taken. */
    int resend(long line, long now) {
        int count = Math.min(resends, MbufBurst.CAPACITY);
        for (int i = 0; i < count; i++) {
            scratch.set(i, frames.mbuf(i));
            Mbuf.reference(frames.mbuf(i));
        }
        int taken = SideLine.transmit(line, scratch.address(), count);
        for (int i = taken; i < count; i++) {
            Mbuf.unreference(frames.mbuf(i));
        }
        frames.remove(taken);
        for (int i = 0; i < taken; i++) {
            frames.add(scratch.get(i), now);
        }
        resends -= taken;
        return taken;
    }

    /** Releases the oldest that have arrived or are over their time; a few at a time. */
    void release(long line, long now) {
        int n = 0;
        int most = Math.min(frames.size(), RELEASE);
        boolean proof = TxCompletion.isProof(line);
        boolean reaped = false;
        while (n < most) {
            if (!hasArrived(proof, n)) {
                if (now - frames.nanos(n) < holdNanos) {
                    break;
                }
                if (!reaped) {
                    // A driver that frees in batches keeps what it has sent while few frames come.
                    TxCompletion.reap(line);
                    reaped = true;
                    continue;
                }
                overdue++;
            }
            n++;
        }
        remove(n);
    }

    /** Whether the frame is known to have: of one that this side has not had yet its driver knows nothing. */
    private boolean hasArrived(boolean proof, int n) {
        return proof && n >= resends && Mbuf.references(frames.mbuf(n)) == 1;
    }

    /**
     * The side of this line is cut off. What stays is to be posted again.
     *
     * @return how many that are
     */
    int cut(long line, long now) {
        // What was posted again before this cut is older than what was not yet.
        frames.rotate(resends);
        TxCompletion.reap(line);
        boolean proof = TxCompletion.isProof(line);
        int kept = 0;
        int freed = 0;
        int size = frames.size();
        int posted = size - resends;
        for (int i = 0; i < size; i++) {
            long mbuf = frames.mbuf(i);
            long since = frames.nanos(i);
            // Of those that this side has not had yet its driver knows nothing.
            boolean arrived = proof && i < posted && Mbuf.references(mbuf) == 1;
            if (!arrived && now - since < holdNanos) {
                frames.set(kept++, mbuf, since);
            } else {
                overdue += arrived ? 0 : 1;
                scratch.set(freed++, mbuf);
                if (freed == MbufBurst.CAPACITY) {
                    scratch.free(0, freed);
                    freed = 0;
                }
            }
        }
        scratch.free(0, freed);
        frames.truncate(kept);
        resends = kept;
        return kept;
    }

    /** Whether the youngest has been sent, so far as its driver says: rings are sent in their order. */
    boolean isLastSent() {
        return frames.isEmpty() || Mbuf.references(frames.mbuf(frames.size() - 1)) == 1;
    }

    /** Frames that are still to be posted again. */
    int resends() {
        return resends;
    }

    /** Frames released because of time or number, though it was not known that they had arrived. */
    long overdue() {
        return overdue;
    }

    /** Releases all. */
    void clear() {
        frames.free(frames.size());
        resends = 0;
    }

    /** There is no room for the oldest any more. */
    private void giveUp(long line, int count) {
        TxCompletion.reap(line);
        boolean proof = TxCompletion.isProof(line);
        for (int i = 0; i < count; i++) {
            overdue += hasArrived(proof, i) ? 0 : 1;
        }
        remove(count);
    }

    private void remove(int count) {
        frames.free(count);
        resends = Math.max(0, resends - count);
    }
}
