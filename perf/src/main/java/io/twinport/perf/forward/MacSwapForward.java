package io.twinport.perf.forward;

import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dataplane.handler.EthernetHeader;
import io.twinport.dpdk.Mbuf;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/** Sends every frame back, addresses exchanged: what testpmd does with {@code --forward-mode=macswap}. */
final class MacSwapForward implements PacketHandler {
    private static final int CACHE_LINE = 64;

    private final PacketPort port;
    private final int burst;
    private final long packets;

    MacSwapForward(PacketPort port, int burst) {
        this.port = port;
        this.burst = burst;
        this.packets =
                Arena.global().allocate((long) burst * Long.BYTES, CACHE_LINE).address();
    }

    @Override
    public int poll() {
        int received = port.rxBurst(packets, burst);
        swap(packets, received);
        int sent = port.txBurst(packets, received);
        if (sent < received) {
            Mbuf.free(packets + (long) sent * Long.BYTES, received - sent);
        }
        return received;
    }

    /** @param packets address of an array of mbuf addresses */
    static void swap(long packets, int count) {
        for (int i = 0; i < count; i++) {
            EthernetHeader.swapAddresses(Mbuf.data(UnsafeApi.getLong(packets + (long) i * Long.BYTES)));
        }
    }
}
