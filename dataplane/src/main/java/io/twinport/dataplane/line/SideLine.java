package io.twinport.dataplane.line;

import static io.twinport.dataplane.line.SideLineLayout.*;

import io.twinport.dataplane.virtqueue.VirtioReceive;
import io.twinport.dpdk.Burst;
import io.twinport.dpdk.FaultLine;
import io.twinport.dpdk.LinkWord;
import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;

/**
 * All that a poll loop needs to know of one queue pair of one device: a cache line, and behind it what is asked rarely. To
 * switch sides is to use another line; there is no virtual call and no cold branch in it.
 *
 * <p>Control writes a line before it is sent to the loop by a JOIN command, and again only after the loop has left it, so
 * the fields need no ordering of their own. The one exception is {@code link}, see {@link #reportLink}.
 */
public final class SideLine {
    /** Bytes of the part that each burst reads, and alignment. */
    public static final int LENGTH = 64;

    /** Queues of a port, as the kernel's (R1): one transmit queue relays for all others at most. */
    public static final int MOST_QUEUES = 16;

    /** The loop reads the link word itself: a started port with link interrupts (U1). */
    static final int LINK_IN_WORD = 0;

    static final int LINK_REPORTED_DOWN = 1;
    static final int LINK_REPORTED_UP = 2;

    /** A line without a device: receives nothing, takes nothing, its link is down. */
    public static final long NOTHING = SideLineSetup.allocate();

    private SideLine() {}

    /** The {@link SharedQueue} that the line's loop has to serve as long as it uses the line; 0 for none. */
    public static long served(long line) {
        return UnsafeApi.getLong(line + SHARED);
    }

    /** Sends what waits for the {@link #served} queue, where its sharers have nothing to send; called every few passes. */
    public static void forward(long line) {
        long shared = served(line);
        SharedQueue.serve(shared);
        // The others wait for the references of what they have sent, and may not ask the driver themselves.
        TxCompletion.reap(SharedQueue.driver(shared));
    }

    static boolean isRelayEmpty(long line) {
        return UnsafeApi.getShort(line + TX_KIND) != RELAYED || TransmitRelay.size(txQueue(line)) == 0;
    }

    /** Frames that the port's other queues may have in their rings of this device, and on their way to them. */
    public static int otherRings(long line) {
        return UnsafeApi.getInt(line + OTHER_RINGS);
    }

    /** How it is known what the device has sent: of {@link TxCompletion}. */
    static int completion(long line) {
        return UnsafeApi.getInt(line + COMPLETION);
    }

    static long txFunction(long line) {
        return UnsafeApi.getLong(line + TX_FUNCTION);
    }

    static long txQueue(long line) {
        return UnsafeApi.getLong(line + TX_QUEUE);
    }

    static long txStatus(long line) {
        return UnsafeApi.getLong(line + TX_STATUS);
    }

    /** Once, by the thread of the loop that will use the line, before it does. */
    public static void enter(long line) {
        if (UnsafeApi.getShort(line + RX_KIND) == OF_VIRTIO) {
            VirtioReceive.enter(UnsafeApi.getLong(line + RX_QUEUE));
        }
    }

    /** Receives, then runs the queue's callbacks if it has any. */
    public static int receive(long line, long packets, int count) {
        int kind = UnsafeApi.getShort(line + RX_KIND);
        if (kind == OF_DPDK) {
            return receiveByDriver(line, packets, count);
        }
        return kind == OF_VIRTIO
                ? VirtioReceive.receive(UnsafeApi.getLong(line + RX_QUEUE), packets, count)
                : LengthCheck.keepSound(line, packets, receiveByDriver(line, packets, count));
    }

    private static int receiveByDriver(long line, long packets, int count) {
        int received =
                Burst.call(UnsafeApi.getLong(line + RX_FUNCTION), UnsafeApi.getLong(line + RX_QUEUE), packets, count);
        long callbacks = UnsafeApi.getLong(UnsafeApi.getLong(line + RX_CALLBACKS));
        if (callbacks != 0) {
            return Burst.receiveCallbacks(
                    callbacks,
                    UnsafeApi.getShort(line + PORT),
                    UnsafeApi.getShort(line + RX_INDEX),
                    packets,
                    received,
                    count);
        }
        return received;
    }

    /** Whether a frame says that the line's device has received it; our own driver's say nothing. */
    public static boolean hasReceived(long line, long mbuf) {
        boolean ofDpdk = UnsafeApi.getShort(line + RX_KIND) != OF_VIRTIO;
        int port = ofDpdk ? UnsafeApi.getShort(line + PORT) & 0xffff : Mbuf.NO_PORT;
        return line != NOTHING && Mbuf.port(mbuf) == port;
    }

    /**
     * Runs the queue's callbacks if it has any, then sends. For nothing the driver is not called. A frame that could never be
     * sent is taken all the same, freed and counted, see {@link LineTransmit}.
     *
     * @return how many were taken, from the front; of the rest the caller stays the owner
     */
    public static int transmit(long line, long packets, int count) {
        return transmit(line, line, packets, count);
    }

    /** {@link #transmit(long, long, int)} of frames of another line, in which those are counted that could never be sent. */
    static int transmit(long line, long from, long packets, int count) {
        if (count == 0) {
            return 0;
        }
        int kind = UnsafeApi.getShort(line + TX_KIND);
        if (kind != OF_DPDK) {
            return LineTransmit.transmit(line, kind, from, packets, count);
        }
        int taken = offer(line, packets, count);
        return taken < count ? LineTransmit.afterRefusal(line, from, packets, taken, count) : taken;
    }

    static int offer(long line, long packets, int count) {
        long callbacks = UnsafeApi.getLong(UnsafeApi.getLong(line + TX_CALLBACKS));
        int left = callbacks == 0
                ? count
                : Burst.transmitCallbacks(
                        callbacks,
                        UnsafeApi.getShort(line + PORT),
                        UnsafeApi.getShort(line + TX_INDEX),
                        packets,
                        count);
        return Burst.call(UnsafeApi.getLong(line + TX_FUNCTION), UnsafeApi.getLong(line + TX_QUEUE), packets, left);
    }

    /** Frames that were taken by this line and freed, because they could never be sent. Any thread. */
    public static long unsendable(long line) {
        return UnsafeApi.getLongVolatile(null, line + UNSENDABLE);
    }

    /** Whether the lengths of what is received are checked; then {@link #receivedBytes} and {@link #malformed} count. */
    public static boolean isChecked(long line) {
        return UnsafeApi.getShort(line + RX_KIND) == CHECKED_DPDK;
    }

    /** Bytes of the frames that were received by this line, since it was made. Any thread. */
    public static long receivedBytes(long line) {
        return UnsafeApi.getLongVolatile(null, line + RX_BYTES);
    }

    /** Frames that were received and freed because of their lengths, since the line was made. Any thread. */
    public static long malformed(long line) {
        return UnsafeApi.getLongVolatile(null, line + MALFORMED);
    }

    /** Slots of the transmit ring: at most so many frames can be in it. */
    public static int txRing(long line) {
        return UnsafeApi.getShort(line + TX_RING) & 0xffff;
    }

    /** From now on the device's link counts as down, until {@link #forgetFaults}. */
    public static void reportRemoved(long line) {
        UnsafeApi.getAndBitwiseOrInt(null, line + LINK, FaultLine.REMOVED);
    }

    /** Where upcalls set the bits of a {@link FaultLine}: a device with one of them reads as if its link were down. */
    public static long faultWord(long line) {
        return line + LINK;
    }

    /** The device is about to be started anew, and what was wrong with it before is over. Not while a loop uses the line. */
    public static void forgetFaults(long line) {
        UnsafeApi.putIntVolatile(null, line + LINK, LINK_REPORTED_DOWN);
    }

    /** Whether the device's link is up, {@code carrier(d)} of U1. */
    public static boolean isLinkUp(long line, long scratch) {
        int link = UnsafeApi.getIntAcquire(null, line + LINK);
        return link == LINK_IN_WORD
                ? LinkWord.isUp(UnsafeApi.getLong(line + LINK_FUNCTION), UnsafeApi.getShort(line + PORT), scratch)
                : link == LINK_REPORTED_UP;
    }

    /**
     * Tells the loop the link state of a device that only a control thread may ask for it: a device of DPDK without link
     * interrupts, or one that our own driver runs.
     * Release: pairs with the acquire in {@link #isLinkUp}; an edge in the port's event line makes the loop look.
     */
    public static void reportLink(long line, boolean up) {
        setLink(line, up ? LINK_REPORTED_UP : LINK_REPORTED_DOWN);
    }

    /** Beside the bits of faults, which an upcall may set at any time. */
    static void setLink(long line, int state) {
        int before;
        do {
            before = UnsafeApi.getIntVolatile(null, line + LINK);
        } while (!UnsafeApi.compareAndSetInt(null, line + LINK, before, before & FaultLine.FAULTS | state));
    }
}
