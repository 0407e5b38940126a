package io.twinport.control.run;

import io.twinport.control.Log;
import io.twinport.control.kernel.OtherEnd;
import io.twinport.control.kernel.Setting;
import io.twinport.control.kernel.Upkeep;
import io.twinport.dataplane.device.KernelSide;
import io.twinport.dpdk.MacAddress;
import io.twinport.posix.Interfaces;
import io.twinport.posix.KernelLink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the kernel interface below a side, as the port sets it: others can set its MTU, its address and its
 * promiscuity too, and the port's frames may be lost then. And says when frames came that the driver cannot take. For one thread.
 */
final class SideWatch {
    private static final long SAID_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Log log;
    private Count tooLong = new Count();
    private Count unfinished = new Count();
    private Upkeep upkeep = new Upkeep();
    private @Nullable KernelSide last;

    /** @param log told what others do, and what comes */
    SideWatch(Log log) {
        this.log = log;
    }

    /**
     * Looks once.
     *
     * @param mtu of the port
     * @param mac of the port
     * @return what is not as it should be, in words
     */
    List<String> look(KernelSide side, int mtu, Optional<MacAddress> mac) {
        Optional<KernelLink> link = side.link();
        if (link.isEmpty()) {
            return List.of(); // it has gone, and others see that
        }
        if (side != last) { // another one, or the same anew
            last = side;
            upkeep = new Upkeep();
            tooLong = new Count();
            unfinished = new Count();
        }
        List<String> differences = new ArrayList<>(upkeep.look(settings(side, link.get(), mtu, mac), log));
        lookAtFrames(side, link.get().name(), differences);
        return differences;
    }

    private static Map<String, Setting> settings(KernelSide side, KernelLink link, int mtu, Optional<MacAddress> mac) {
        String set = "ip link set " + link.name() + " ";
        Map<String, Setting> settings = new LinkedHashMap<>();
        settings.put(
                "mtu",
                new Setting(
                        "the MTU of " + link.name(),
                        () -> String.valueOf(side.mtu()),
                        String.valueOf(mtu),
                        () -> Interfaces.setMtu(side.index(), mtu),
                        "longer frames are lost there",
                        set + "mtu " + mtu));
        mac.ifPresent(address -> settings.put(
                "mac",
                new Setting(
                        "the MAC address of " + link.name(),
                        () -> side.mac().toString(),
                        address.toString(),
                        () -> Interfaces.setMac(side.index(), address.bytes()),
                        "frames to the port may not be let through there",
                        set + "address " + address)));
        if (side.isPromiscuous()) { // more than the port wants does no harm
            settings.put(
                    "promiscuous",
                    new Setting(
                            "promiscuous mode of " + link.name(),
                            () -> side.link()
                                            .filter(now -> now.hasFlag(Interfaces.PROMISCUOUS))
                                            .isPresent()
                                    ? "on"
                                    : "off",
                            "on",
                            () -> Interfaces.setFlags(side.index(), Interfaces.PROMISCUOUS, true),
                            "frames that the port wants may not be let through there",
                            set + "promisc on"));
        }
        return settings;
    }

    private void lookAtFrames(KernelSide side, String name, List<String> differences) {
        long late = side.tooLong();
        if (tooLong.isToBeSaid(late)) {
            log.warn("frames on " + name + " are longer than the " + side.longest()
                    + " bytes that its driver takes, and are dropped (" + late
                    + " so far). Their sender has merged them, or they"
                    + " were fragments of one datagram, which the kernel reassembles, or the network has a larger MTU. Let the"
                    + " sender merge nothing: " + command(side));
        }
        long broken = side.unfinished();
        if (unfinished.isToBeSaid(broken)) {
            log.warn("frames on " + name
                    + " have unfinished checksums, which their sender, on this host, left to a NIC ("
                    + broken
                    + " so far). There is no NIC between them: the receiver drops them, and TCP does not work. Let"
                    + " the sender complete them: " + command(side));
        }
        if (late > 0) {
            differences.add("frames longer than " + side.longest() + " bytes dropped: " + late);
        }
        if (broken > 0) {
            differences.add("frames with checksums that are not complete: " + broken);
        }
    }

    private static String command(KernelSide side) {
        return OtherEnd.of(side.index())
                .map(OtherEnd::command)
                .orElse("ethtool -K INTERFACE tx off, with the sender's interface");
    }

    /** Frames that go on coming are said at once, and then each minute. */
    private static final class Count {
        private long said;
        private long saidNanos;

        boolean isToBeSaid(long frames) {
            long now = System.nanoTime();
            if (frames == said || said > 0 && now - saidNanos < SAID_NANOS) {
                return false;
            }
            said = frames;
            saidNanos = now;
            return frames > 0;
        }
    }
}
