package io.twinport.dataplane.handler;

import io.twinport.dataplane.PacketHandler;
import io.twinport.dpdk.MbufPool;
import java.util.List;

/** Several queues or ports in one poll loop, one after the other, each with its own handler. */
public final class QueueHandlers implements PacketHandler {
    private final PacketHandler[] handlers;

    private QueueHandlers(List<PacketHandler> handlers) {
        this.handlers = handlers.toArray(PacketHandler[]::new);
    }

    /** A single one stays as it is. */
    public static PacketHandler of(List<PacketHandler> handlers) {
        return handlers.size() == 1 ? handlers.getFirst() : new QueueHandlers(handlers);
    }

    @Override
    public int poll() {
        int work = 0;
        for (PacketHandler handler : handlers) {
            work += handler.poll();
        }
        return work;
    }

    @Override
    public void start(MbufPool pool) {
        for (PacketHandler handler : handlers) {
            handler.start(pool);
        }
    }
}
