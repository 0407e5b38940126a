package io.twinport.dataplane.example;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dpdk.Mbuf;
import org.agrona.UnsafeApi;

// README: handler
/** Sends back what was for one receiver, and frees what was for many. */
public final class UnicastOnly implements PacketHandler {
    private final MbufBurst burst = new MbufBurst();
    private final PacketPort port;

    public UnicastOnly(PacketPort port) {
        this.port = port;
    }

    @Override
    public int poll() {
        int received = port.rxBurst(burst.address(), MbufBurst.CAPACITY);
        int kept = 0;
        for (int i = 0; i < received; i++) {
            long mbuf = burst.get(i);
            if ((UnsafeApi.getByte(Mbuf.data(mbuf)) & 1) == 0) { // the group bit of the destination address
                burst.set(i, burst.get(kept));
                burst.set(kept++, mbuf);
            }
        }
        int sent = port.txBurst(burst.address(), kept);
        burst.free(sent, received);
        return received;
    }
}
// README: end
