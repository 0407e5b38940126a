package io.twinport.dataplane.handler;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;
import io.twinport.dpdk.Mbuf;

/** Sends every frame back to where it came from, source and destination address exchanged. */
public final class Reflect implements PacketHandler {
    private final PacketPort port;
    private final MbufBurst burst = new MbufBurst();

    public Reflect(PacketPort port) {
        this.port = port;
    }

    @Override
    public int poll() {
        int received = port.rxBurst(burst.address(), MbufBurst.CAPACITY);
        for (int i = 0; i < received; i++) {
            EthernetHeader.swapAddresses(Mbuf.data(burst.get(i)));
        }
        int sent = port.txBurst(burst.address(), received);
        burst.free(sent, received);
        return received;
    }
}
