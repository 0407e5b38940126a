package io.twinport.dataplane.line;

import static io.twinport.dataplane.line.SideLineLayout.*;

import io.twinport.dataplane.virtqueue.VirtioTransmit;
import io.twinport.dpdk.Burst;
import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;

/**
 * Sending where it takes more than a call of a driver's function: by our own driver, by a relay, of frames that are to be made
 * ready first (U5).
 *
 * <p>There are frames that could never be sent: the CPU cannot complete them ({@link TransmitFixUp}), the driver's
 * {@code rte_eth_tx_prepare} refuses them, they have more segments than the ring has slots. Such a frame is taken, freed and
 * counted wherever it is, in a burst of the handler, in a backlog or in a relay. To refuse it would be to have it offered
 * again, by a backlog, a relay or a handler that retries, for ever and with all that is behind it.
 */
final class LineTransmit {
    /** Slots of a ring that a driver may need beside those of the segments: for headers, contexts, and so as not to be full. */
    private static final int SPARE = 3;

    private LineTransmit() {}

    /**
     * {@link SideLine#transmit} of a line that is not {@link SideLineLayout#OF_DPDK}.
     *
     * @param from the line whose frames they are
     */
    static int transmit(long line, int kind, long from, long packets, int count) {
        return switch (kind) {
            case OF_VIRTIO -> byVirtio(line, from, packets, count);
            case RELAYED -> byRelay(line, packets, count);
            default -> offloaded(line, kind == OFFLOADED_VIRTIO, from, packets, count);
        };
    }

    /** A frame that is malformed, or that could never fit, it takes and frees itself. */
    private static int byVirtio(long line, long from, long packets, int count) {
        long queue = SideLine.txQueue(line);
        long before = VirtioTransmit.dropped(queue);
        int taken = VirtioTransmit.transmit(queue, packets, count);
        long dropped = VirtioTransmit.dropped(queue) - before;
        if (dropped != 0) {
            count(from, dropped);
        }
        return taken;
    }

    /** The loop that serves the relays does so at once, so that its own frames go as they would without. */
    private static int byRelay(long line, long packets, int count) {
        long relay = SideLine.txQueue(line);
        int taken = TransmitRelay.put(relay, packets, count);
        long shared = SideLine.served(line);
        if (shared == 0) {
            return taken;
        }
        SharedQueue.serve(shared);
        return taken < count ? taken + TransmitRelay.put(relay, packet(packets, taken), count - taken) : taken;
    }

    private static int offloaded(long line, boolean virtio, long from, long packets, int count) {
        int done = 0;
        while (done < count) {
            long rest = packet(packets, done);
            int ready = makeReady(line, rest, count - done);
            if (ready > 0) {
                int taken = virtio ? byVirtio(line, from, rest, ready) : byDriver(line, from, rest, ready);
                done += taken;
                if (taken < ready || done == count) {
                    return done;
                }
            }
            drop(from, packet(packets, done++));
        }
        return done;
    }

    private static int byDriver(long line, long from, long packets, int count) {
        int taken = SideLine.offer(line, packets, count);
        return taken < count ? afterRefusal(line, from, packets, taken, count) : taken;
    }

    /** How many can be sent; the one after them never can. */
    private static int makeReady(long line, long packets, int count) {
        int complete = TransmitFixUp.complete(
                UnsafeApi.getLong(line + LACKS), UnsafeApi.getLong(line + BEGINS), packets, count);
        long prepare = UnsafeApi.getLong(line + PREPARE);
        return prepare == 0 || complete == 0
                ? complete
                : Burst.call(prepare, SideLine.txQueue(line), packets, complete);
    }

    /**
     * What becomes of frames that a DPDK driver has refused: its ring is full, or the first of them is too long for any
     * ring of that size, which would keep all behind it from ever being sent.
     *
     * @param taken how many it has taken
     * @return how many are taken now
     */
    static int afterRefusal(long line, long from, long packets, int taken, int count) {
        int done = taken;
        while (done < count && isTooLong(line, UnsafeApi.getLong(packet(packets, done)))) {
            drop(from, packet(packets, done++));
            done += done < count ? SideLine.offer(line, packet(packets, done), count - done) : 0;
        }
        return done;
    }

    private static boolean isTooLong(long line, long mbuf) {
        return !Mbuf.isContiguous(mbuf) && Mbuf.segments(mbuf) + SPARE > SideLine.txRing(line);
    }

    private static void drop(long from, long packet) {
        Mbuf.free(packet, 1);
        count(from, 1);
    }

    /** Release: a control thread reads it. One thread at a time writes it. */
    private static void count(long from, long frames) {
        UnsafeApi.putLongRelease(null, from + UNSENDABLE, UnsafeApi.getLong(from + UNSENDABLE) + frames);
    }

    private static long packet(long packets, int i) {
        return packets + (long) i * Long.BYTES;
    }
}
