package io.twinport.control.run;

import io.twinport.control.kernel.InterfaceAddresses;
import io.twinport.control.plan.RunSettings;
import io.twinport.dataplane.cnc.SwitchRecord;
import io.twinport.dataplane.conductor.Announcement;
import io.twinport.dataplane.conductor.Announcer;
import io.twinport.dataplane.conductor.Conductor;
import io.twinport.dataplane.conductor.FrameSender;
import io.twinport.dpdk.MacAddress;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Announces the run's port after each switch (U11), on the conductor's thread, and when it is asked to, on any. */
final class PortAnnouncer implements Conductor.Listener {
    private final Supplier<Optional<MacAddress>> mac;
    private final Optional<InterfaceAddresses> addresses;
    private final FrameSender sender;
    private List<Integer> vlans;
    private Announcer announcer;
    private volatile boolean ended;
    private long announced;

    /** @param addresses of the interface behind the port, if there is one */
    PortAnnouncer(
            RunSettings.Announce settings,
            Supplier<Optional<MacAddress>> mac,
            Optional<InterfaceAddresses> addresses,
            FrameSender sender) {
        this.mac = mac;
        this.addresses = addresses;
        this.sender = sender;
        this.vlans = settings.vlans();
        this.announcer = announcer(settings);
    }

    private Announcer announcer(RunSettings.Announce settings) {
        return new Announcer(this::frames, sender, settings.count(), settings.interval());
    }

    /** From the next switch on it is announced so. */
    synchronized void use(RunSettings.Announce settings) {
        vlans = settings.vlans();
        announcer = announcer(settings);
    }

    /** The poll loop is about to end, and would not send them any more. */
    synchronized void end() {
        ended = true;
    }

    /**
     * Announces it once more, on the side that transmits: these are broadcasts, which the idle side should receive (U9), and
     * what the network should learn after the guest has moved. Nothing is sent on the idle side.
     */
    synchronized void announceOnce() {
        if (!ended) {
            announcer.once();
        }
    }

    @Override
    public synchronized void onSwitch(SwitchRecord record) {
        announce(record);
    }

    /** Who only receives needs the announcement most: nothing else tells the network where the port is now. */
    @Override
    public synchronized void onQuietSwitch(SwitchRecord record) {
        announce(record);
    }

    private void announce(SwitchRecord record) {
        if (!ended && record.sequence() != announced) {
            announced = record.sequence();
            announcer.switched(record.to(), System.nanoTime());
        }
    }

    @Override
    public synchronized void onTick(long nanos) {
        if (!ended) {
            announcer.tick(nanos);
        }
    }

    private List<byte[]> frames() {
        List<byte[]> frames = new ArrayList<>();
        mac.get().ifPresent(own -> announce(own, frames));
        return frames;
    }

    private void announce(MacAddress own, List<byte[]> frames) {
        if (addresses.isPresent()) {
            InterfaceAddresses known = addresses.get();
            for (Inet4Address address : known.ipv4()) {
                frames.add(Announcement.arp(own, address));
            }
            boolean routes = known.routesIpv6();
            for (Inet6Address address : known.ipv6()) {
                frames.add(Announcement.neighborAdvertisement(own, address, routes));
            }
        }
        if (frames.isEmpty()) {
            frames.add(Announcement.rarp(own));
        }
        for (byte[] frame : List.copyOf(frames)) {
            vlans.forEach(vlan -> frames.add(Announcement.tagged(frame, vlan)));
        }
    }
}
