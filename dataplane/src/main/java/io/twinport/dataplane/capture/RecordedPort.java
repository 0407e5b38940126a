package io.twinport.dataplane.capture;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.failover.FailoverPort;
import io.twinport.dpdk.Mbuf;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/**
 * A failover port whose frames are recorded: what its handler receives, and what it sends and the port takes. It stands
 * between the two, so a port that is not recorded pays nothing. A frame costs a copy of its first bytes, a sent one two.
 *
 * <p>Belongs to the poll loop of its port.
 */
public final class RecordedPort implements PacketPort {
    /** Directions, as pcapng counts them. */
    static final int RECEIVED = 1;

    static final int SENT = 2;

    private final FailoverPort port;
    private final FlightRecorder recorder;
    // What is sent may be freed, and in use again, when the port returns: so it is copied before.
    private final long copies = Arena.global()
            .allocate((long) MbufBurst.CAPACITY * FlightLayout.SNAP, Long.BYTES)
            .address();
    private final int[] lengths = new int[MbufBurst.CAPACITY];
    private final int[] captured = new int[MbufBurst.CAPACITY];
    private long switches;

    public RecordedPort(FailoverPort port, FlightRecorder recorder) {
        this.port = port;
        this.recorder = recorder;
    }

    @Override
    public int rxBurst(long packets, int count) {
        int received = port.rxBurst(packets, count);
        lookForSwitch();
        if (received > 0) {
            long nanos = System.nanoTime();
            for (int i = 0; i < received; i++) {
                long mbuf = UnsafeApi.getLong(packets + (long) i * Long.BYTES);
                recorder.record(
                        nanos, Mbuf.packetLength(mbuf), Mbuf.data(mbuf), snap(mbuf), port.sideOf(mbuf), RECEIVED);
            }
        }
        return received;
    }

    @Override
    public int txBurst(long packets, int count) {
        int sent = 0;
        while (sent < count) {
            int burst = Math.min(count - sent, MbufBurst.CAPACITY);
            int taken = send(packets + (long) sent * Long.BYTES, burst);
            sent += taken;
            if (taken < burst) {
                break;
            }
        }
        return sent;
    }

    private int send(long packets, int count) {
        for (int i = 0; i < count; i++) {
            long mbuf = UnsafeApi.getLong(packets + (long) i * Long.BYTES);
            lengths[i] = Mbuf.packetLength(mbuf);
            captured[i] = snap(mbuf);
            UnsafeApi.copyMemory(Mbuf.data(mbuf), copies + (long) i * FlightLayout.SNAP, captured[i]);
        }
        int taken = port.txBurst(packets, count);
        lookForSwitch();
        if (taken > 0) {
            long nanos = System.nanoTime();
            int side = port.transmittingSide();
            for (int i = 0; i < taken; i++) {
                recorder.record(nanos, lengths[i], copies + (long) i * FlightLayout.SNAP, captured[i], side, SENT);
            }
        }
        return taken;
    }

    /** The port notices a switch before it moves the frames of a call. */
    private void lookForSwitch() {
        long now = port.switches();
        if (now != switches) {
            switches = now;
            recorder.switched(now);
        }
    }

    private static int snap(long mbuf) {
        return Math.min(Mbuf.dataLength(mbuf), FlightLayout.SNAP);
    }
}
