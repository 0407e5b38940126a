package io.twinport.dataplane;

import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.EthEvents;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.MbufPool;

/** A port of DPDK's as the device of a side. */
public final class EthSide implements SideDevice {
    private final EthDev dev;
    private long events;

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
    public void configure(MbufPool pool) {
        dev.configure(pool);
    }

    @Override
    public void start(long line, long portEvents) {
        // Before the start: the first interrupt may come with it.
        listen(portEvents);
        try {
            dev.start();
        } catch (RuntimeException e) {
            unlisten();
            throw e;
        }
        SideLine.write(line, dev);
    }

    @Override
    public void watchRemoval(long requests) {}

    @Override
    public void stop() {
        unlisten();
        dev.stop();
    }

    @Override
    public void remove() {
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
