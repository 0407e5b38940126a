package io.twinport.dataplane;

import io.twinport.dpdk.Devargs;
import io.twinport.dpdk.DeviceEvents;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthEvents;
import io.twinport.dpdk.EthStats;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.MbufPool;
import java.util.Optional;
import java.util.Set;

/** A port of DPDK's as the device of a side. */
public final class EthSide implements SideDevice {
    /**
     * Drivers whose device receives nothing after its link was away. {@code net_e1000_igb_vf}: when its PF was down the
     * PF has forgotten what the VF had told it; the driver polls the link up again and tells nothing anew (QEMU's igb
     * with DPDK 24.11: 0 to 9 frames of 100 until stop and start).
     */
    private static final Set<String> DEAF_AFTER_LINK_LOSS = Set.of("net_e1000_igb_vf");

    private final EthDev dev;
    private long events;
    private long requests;

    public EthSide(EthDev dev) {
        this.dev = dev;
    }

    @Override
    public String name() {
        return dev.name();
    }

    @Override
    public String driver() {
        return dev.driver();
    }

    @Override
    public MacAddress mac() {
        return dev.mac();
    }

    @Override
    public void setMac(MacAddress mac) {
        dev.setMac(mac);
    }

    @Override
    public boolean hasLinkInterrupts() {
        return dev.hasLinkInterrupts();
    }

    @Override
    public boolean isLinkUp() {
        return dev.isLinkUp();
    }

    @Override
    public void configure(MbufPool pool, int queues) {
        dev.configure(pool, queues, queues);
    }

    @Override
    public int txQueues() {
        return dev.txQueues();
    }

    @Override
    public void start(long[] lines, long portEvents) {
        // Before the start: the first interrupt may come with it.
        listen(portEvents);
        try {
            dev.start();
        } catch (RuntimeException e) {
            unlisten();
            throw e;
        }
        for (int q = 0; q < lines.length; q++) {
            SideLine.write(lines[q], dev, q);
        }
    }

    @Override
    public void watchRemoval(long line) {
        if (Devargs.isPci(dev.name())) {
            DeviceEvents.register(dev.name(), line);
            requests = line;
        }
    }

    @Override
    public long transmitted() {
        return statistics().map(EthStats::txFrames).orElse(-1L);
    }

    @Override
    public Optional<EthStats> statistics() {
        try {
            return Optional.of(dev.stats());
        } catch (DpdkException e) {
            return Optional.empty(); // not every driver counts, and none does when its device has gone
        }
    }

    @Override
    public boolean needsRestartAfterLinkLoss() {
        return DEAF_AFTER_LINK_LOSS.contains(dev.driver());
    }

    @Override
    public void stop() {
        unlisten();
        dev.stop();
    }

    @Override
    public void remove() {
        if (requests != 0) {
            DeviceEvents.unregister(dev.name(), requests);
            requests = 0;
        }
        dev.remove();
    }

    private void listen(long portEvents) {
        if (portEvents != 0 && dev.hasLinkInterrupts()) {
            EthEvents.register(dev.port(), portEvents);
            events = portEvents;
        }
    }

    private void unlisten() {
        if (events != 0) {
            EthEvents.unregister(dev.port(), events);
            events = 0;
        }
    }

    @Override
    public String toString() {
        return dev.toString();
    }
}
