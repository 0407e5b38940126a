package io.twinport.dataplane.handler;

import io.twinport.dataplane.MbufBurst;
import io.twinport.dataplane.PacketHandler;
import io.twinport.dataplane.PacketPort;

/** Frees every frame. */
public final class Sink implements PacketHandler {
    private final PacketPort port;
    private final MbufBurst burst = new MbufBurst();

    public Sink(PacketPort port) {
        this.port = port;
    }

    @Override
    public int poll() {
        int received = port.rxBurst(burst.address(), MbufBurst.CAPACITY);
        burst.free(0, received);
        return received;
    }
}
