package io.twinport.control.plan;

import io.twinport.dpdk.MbufPool;
import java.util.List;

/**
 * The mbufs that ports need: for the rings of all sides, the caches, and what handlers and relays hold.
 *
 * @param queues of all ports together; one that holds frames for a cut counts twice
 * @param room bytes of a frame that each must hold
 */
public record MbufNeeds(int queues, int room) {
    /** Mbufs of up to two queues. */
    private static final int MBUFS = 8192;

    /** Memory for DPDK with them: the least that a run takes. */
    public static final int LEAST_MEGABYTES = 128;

    private static final int MBUF_BYTES = 2432;

    public static MbufNeeds of(List<PortPlan> ports) {
        return new MbufNeeds(
                ports.stream().mapToInt(port -> queues(port.settings())).sum(),
                ports.stream()
                        .mapToInt(port -> port.settings().configuration().mbufRoom())
                        .max()
                        .orElse(MbufPool.DEFAULT_ROOM));
    }

    /** What is in flight and held, and what waits for a side, would leave the rings of two queues without any. */
    private static int queues(RunSettings settings) {
        return settings.port().hold().isOn() ? 2 * settings.queues() : settings.queues();
    }

    public int count() {
        int pairs = Math.max(1, Integer.highestOneBit(2 * queues - 1) / 2);
        return MBUFS * pairs - 1;
    }

    /** Of memory for DPDK; longer mbufs need more than the usual ones. */
    public int megabytes() {
        long more = (long) (count() + 1 - MBUFS) * MBUF_BYTES + (long) count() * (room - MbufPool.DEFAULT_ROOM);
        return LEAST_MEGABYTES + (int) ((more + (1 << 20) - 1) >> 20);
    }
}
