package io.twinport.perf.load;

import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dpdk.Mbuf;
import java.lang.foreign.Arena;

/** Sends every frame out of the port it came from, untouched: what testpmd does with {@code --forward-mode=io}. */
public final class IoForward implements PacketHandler {
    private static final int CACHE_LINE = 64;

    private final PacketPort port;
    private final int burst;
    private final long packets;

    /** @param burst frames at once, at most */
    public IoForward(PacketPort port, int burst) {
        this.port = port;
        this.burst = burst;
        this.packets =
                Arena.global().allocate((long) burst * Long.BYTES, CACHE_LINE).address();
    }

    @Override
    public int poll() {
        int received = port.rxBurst(packets, burst);
        int sent = port.txBurst(packets, received);
        if (sent < received) {
            Mbuf.free(packets + (long) sent * Long.BYTES, received - sent);
        }
        return received;
    }
}
