package io.twinport.dataplane;

import io.twinport.dpdk.MbufPool;

/**
 * What a poll loop does with packets: the application. It owns the ports that it was made with, and calls them.
 *
 * <pre>{@code
 * public int poll() {
 *     int received = port.rxBurst(burst.address(), MbufBurst.CAPACITY);
 *     ...
 *     int sent = port.txBurst(burst.address(), received);
 *     burst.free(sent, received);
 *     return received;
 * }
 * }</pre>
 */
@FunctionalInterface
public interface PacketHandler {
    /**
     * One pass; called all the time. Must not allocate, lock, throw or wait, and must call {@link PacketPort#rxBurst}
     * of each of its ports, also when it only sends: a port looks after its idle side there.
     *
     * @return the number of packets handled, 0 if there was nothing to do
     */
    int poll();

    /**
     * Called on the poll thread before the first {@link #poll}, pinned and registered with EAL: the place to make an
     * {@link io.twinport.dpdk.MbufAllocator}.
     */
    default void start(MbufPool pool) {}
}
