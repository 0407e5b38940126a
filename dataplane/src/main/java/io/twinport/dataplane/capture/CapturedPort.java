package io.twinport.dataplane.capture;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.PolledQueue;
import io.twinport.dpdk.Mbuf;
import java.lang.foreign.Arena;
import java.util.function.IntSupplier;
import java.util.function.LongToIntFunction;
import org.agrona.UnsafeApi;
import org.jspecify.annotations.Nullable;

/**
 * A queue of a port as its handler and its poll loop have it, so that its frames can be captured: what the handler receives,
 * and what it sends and the port takes.
 *
 * <p>Belongs to its poll loop, but for {@link #use}.
 */
public final class CapturedPort implements PacketPort, PolledQueue {
    private final PacketPort port;
    private final PolledQueue member;
    private final LongToIntFunction sideOf;
    private final IntSupplier sendingSide;

    private final int[] lengths = new int[MbufBurst.CAPACITY];
    private final int[] captured = new int[MbufBurst.CAPACITY];

    /** Of the frames of a burst that is about to be sent; 0 until something is captured for the first time. */
    private long copies;

    /** That which is used when capturing begins. */
    private @Nullable CaptureRing given;

    private @Nullable CaptureRing ring;

    /**
     * @param port what is received from and sent to
     * @param member the same, or what is behind it, for devices that come and go
     * @param sideOf the side by which a received frame came, by its mbuf
     * @param sendingSide the side by which frames leave now
     */
    public CapturedPort(PacketPort port, PolledQueue member, LongToIntFunction sideOf, IntSupplier sendingSide) {
        this.port = port;
        this.member = member;
        this.sideOf = sideOf;
        this.sendingSide = sendingSide;
    }

    /** Where frames go from the next {@link #capture} on. One control thread, while nothing is captured. */
    public void use(CaptureRing other) {
        if (copies == 0) {
            copies = Arena.global()
                    .allocate((long) MbufBurst.CAPACITY * CaptureRing.MOST_BYTES, Long.BYTES)
                    .address();
        }
        given = other;
    }

    @Override
    public void capture(boolean on) {
        ring = on ? given : null;
    }

    @Override
    public int rxBurst(long packets, int count) {
        int received = port.rxBurst(packets, count);
        CaptureRing now = ring;
        if (now != null && received > 0) {
            keep(now, packets, received);
        }
        return received;
    }

    private void keep(CaptureRing now, long packets, int count) {
        long nanos = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long mbuf = UnsafeApi.getLong(packets + (long) i * Long.BYTES);
            now.write(
                    nanos,
                    Mbuf.packetLength(mbuf),
                    Mbuf.data(mbuf),
                    now.captured(mbuf),
                    sideOf.applyAsInt(mbuf),
                    CaptureRing.RECEIVED);
        }
    }

    @Override
    public int txBurst(long packets, int count) {
        CaptureRing now = ring;
        return now == null ? port.txBurst(packets, count) : send(now, packets, count);
    }

    private int send(CaptureRing now, long packets, int count) {
        int sent = 0;
        while (sent < count) {
            int burst = Math.min(count - sent, MbufBurst.CAPACITY);
            int taken = sendBurst(now, packets + (long) sent * Long.BYTES, burst);
            sent += taken;
            if (taken < burst) {
                break;
            }
        }
        return sent;
    }

    /** What is sent may be freed, and in use again, when the port returns: so it is copied before. */
    private int sendBurst(CaptureRing now, long packets, int count) {
        for (int i = 0; i < count; i++) {
            long mbuf = UnsafeApi.getLong(packets + (long) i * Long.BYTES);
            lengths[i] = Mbuf.packetLength(mbuf);
            captured[i] = now.captured(mbuf);
            UnsafeApi.copyMemory(Mbuf.data(mbuf), copy(i), captured[i]);
        }
        int taken = port.txBurst(packets, count);
        long nanos = System.nanoTime();
        int side = sendingSide.getAsInt();
        for (int i = 0; i < taken; i++) {
            now.write(nanos, lengths[i], copy(i), captured[i], side, CaptureRing.SENT);
        }
        return taken;
    }

    private long copy(int frame) {
        return copies + (long) frame * CaptureRing.MOST_BYTES;
    }

    @Override
    public boolean hasSide(int side) {
        return member.hasSide(side);
    }

    @Override
    public void join(int side, long line) {
        member.join(side, line);
    }

    @Override
    public void decide(int event) {
        member.decide(event);
    }

    @Override
    public void setFailbackDelay(long nanos) {
        member.setFailbackDelay(nanos);
    }

    @Override
    public void inject(long mbuf) {
        member.inject(mbuf);
    }

    @Override
    public void leave(int side) {
        member.leave(side);
    }
}
