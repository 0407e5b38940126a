package io.twinport.perf.forward;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;

/** Sends every frame out of the port it came from, untouched: what testpmd does with {@code --forward-mode=io}. */
final class IoForward implements PacketHandler {
    private final PacketPort port;
    private final MbufBurst burst = new MbufBurst();

    IoForward(PacketPort port) {
        this.port = port;
    }

    @Override
    public int poll() {
        int received = port.rxBurst(burst.address(), MbufBurst.CAPACITY);
        int sent = port.txBurst(burst.address(), received);
        burst.free(sent, received);
        return received;
    }
}
