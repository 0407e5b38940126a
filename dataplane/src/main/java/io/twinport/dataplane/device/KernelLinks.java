package io.twinport.dataplane.device;

import io.twinport.dpdk.Devargs;
import io.twinport.dpdk.DriverQuirks;
import io.twinport.dpdk.EthDev;
import io.twinport.dpdk.MacAddress;
import io.twinport.posix.Interfaces;
import io.twinport.posix.KernelLink;
import io.twinport.posix.LinkSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The links of devices that DPDK drives over a kernel interface, as the kernel tells them: their drivers do not.
 *
 * <table>
 * <caption>Drivers, and what their own link word says (measured with DPDK 22.11, read in 24.11)</caption>
 * <tr><td>net_af_packet</td><td>22.11: up from start to stop, whatever the interface does. 24.11: the interface's, when
 *     asked. No interrupt.</td></tr>
 * <tr><td>net_af_xdp, net_pcap</td><td>up from start to stop, whatever the interface does. No interrupt.</td></tr>
 * <tr><td>net_tap</td><td>the interface's, at once; it says that it raises interrupts and never does.</td></tr>
 * </table>
 *
 * The kernel's word comes by netlink, on a thread of its own that starts with the first interface. The kernel tells a carrier
 * that is lost up to a second late, where another one has just changed (linkwatch), but not who asks: so it is asked too.
 */
public final class KernelLinks implements AutoCloseable {
    private static final int LOOK_MILLIS = 100;
    private static final int ASK_MILLIS = 10;
    private static final long ANSWER_NANOS = Duration.ofSeconds(1).toNanos();

    /** More than there are sides; each interface that is made anew has another number. */
    private static final int MOST_REMEMBERED = 256;

    private final Runnable onChange;
    private final Map<Integer, KernelLink> links = new HashMap<>();
    private final Map<Integer, Integer> departures = mostRecent();
    private final Map<Integer, Left> left = mostRecent();
    private final Set<Integer> watched = new CopyOnWriteArraySet<>();
    private @Nullable Thread thread;
    private boolean complete;
    private volatile boolean closed;

    /**
     * The kernel interface below a device. It stays that one, whatever it is called: if it is deleted or moved to another
     * network namespace it is down for good, and another one of its name is another one.
     */
    public interface Below {
        boolean isUsable();

        /** Whether it was there and has been deleted, or moved to another network namespace. */
        boolean isGone();
    }

    /**
     * An interface for as long as it is here. One that is moved to another network namespace and back keeps its number, but what
     * was bound to it is not any more.
     *
     * @param departures how often it has gone since it was asked for first
     */
    public record Stay(int index, int departures) {}

    private record Left(KernelLink found, KernelLink set) {}

    /** Forgets what nobody has asked for the longest. */
    private static <V> Map<Integer, V> mostRecent() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, V> eldest) {
                return size() > MOST_REMEMBERED;
            }
        };
    }

    /** @param onChange told when the link of a watched interface may have changed, on this class's thread */
    public KernelLinks(Runnable onChange) {
        this.onChange = onChange;
    }

    /** The kernel's interface below a device, where its driver is one of those. */
    public static Optional<String> interfaceOf(String devargs) {
        return interfacesOf(devargs).stream().findFirst();
    }

    /** All that it is over, or makes: the one that it receives by comes first. */
    public static List<String> interfacesOf(String devargs) {
        return interfacesOf(DriverQuirks.ofVirtual(devargs), devargs);
    }

    /** A net_tap without a name of its own is left to its link word. */
    private static List<String> interfacesOf(DriverQuirks quirks, String devargs) {
        return quirks.interfaceArguments().stream()
                .flatMap(argument -> Devargs.argument(devargs, argument).stream())
                .distinct()
                .toList();
    }

    /** A device that has been probed, as the device of a side. */
    public SideDevice side(EthDev dev, String devargs) {
        List<String> names = interfacesOf(DriverQuirks.of(dev.driver()), devargs);
        if (names.isEmpty()) {
            return new EthSide(dev);
        }
        // As the driver has found it: somebody may have given its name to another one since.
        int index = dev.interfaceIndex() != 0
                ? dev.interfaceIndex()
                : Interfaces.indexOf(names.getFirst()).orElse(0);
        return KernelSide.isFor(dev)
                ? new KernelSide(dev, this, index, devargs)
                : new EthSide(dev, Optional.of(below(index)));
    }

    /**
     * Where to ask for an interface.
     *
     * @param index the kernel's number of it; 0 for none, which is never usable
     */
    public Below below(int index) {
        start();
        if (index != 0) {
            watched.add(index);
        }
        Stay stay = stay(index);
        boolean isKnown = nameOf(stay).isPresent();
        return new Below() {
            @Override
            public boolean isUsable() {
                return !isGone() && link(index).map(KernelLink::isUsable).orElse(false);
            }

            @Override
            public boolean isGone() {
                return isKnown && nameOf(stay).isEmpty();
            }
        };
    }

    /** An interface that is here now: equal to another answer only if it has not been away meanwhile. */
    public Stay stay(int index) {
        start();
        synchronized (this) {
            departures.putIfAbsent(index, 0);
        }
        boolean unused = awaitLink(index);
        return presentStay(index);
    }

    private synchronized Stay presentStay(int index) {
        return new Stay(index, departures.getOrDefault(index, 0));
    }

    /** The present name of an interface; empty once it has been away. */
    public synchronized Optional<String> nameOf(Stay stay) {
        return presentStay(stay.index).equals(stay)
                ? Optional.ofNullable(links.get(stay.index)).map(KernelLink::name)
                : Optional.empty();
    }

    /**
     * An interface that is moved away with what a port has set on it keeps that. Once it is back, and as it was left, that is put
     * back as it was found before, so that it comes as it came then (R13).
     *
     * @param found as it was before it was set
     * @param set as it was when it went
     */
    synchronized void leave(KernelLink found, KernelLink set) {
        left.put(found.index(), new Left(found, set));
    }

    /** Before a device over an interface is probed: see {@link #leave}. */
    public synchronized void tidy(int index) {
        Left last = left.remove(index);
        Optional<KernelLink> now = last == null ? Optional.empty() : Interfaces.link(index);
        if (last == null || now.isEmpty()) {
            return;
        }
        if (now.get().mtu() == last.set.mtu()) {
            Interfaces.setMtu(index, last.found.mtu());
        }
        if (now.get().mac() == last.set.mac()) {
            Interfaces.setMac(index, new MacAddress(last.found.mac()).bytes());
        }
        if (!last.found.hasFlag(Interfaces.PROMISCUOUS) && last.set.hasFlag(Interfaces.PROMISCUOUS)) {
            Interfaces.setFlags(index, Interfaces.PROMISCUOUS, false);
        }
    }

    private synchronized void start() {
        if (thread != null) {
            if (!complete) {
                awaitAnswer();
            }
            return;
        }
        LinkSocket socket = new LinkSocket();
        socket.requestAll();
        thread = Thread.ofPlatform().daemon().name("kernel-links").start(() -> follow(socket));
        awaitAnswer();
    }

    private synchronized void awaitAnswer() {
        long deadline = System.nanoTime() + ANSWER_NANOS;
        try {
            while (!complete && System.nanoTime() - deadline < 0) {
                wait(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An interface that has just been made may not have been told yet. */
    private synchronized boolean awaitLink(int index) {
        long deadline = System.nanoTime() + ANSWER_NANOS;
        try {
            while (index != 0 && !links.containsKey(index) && System.nanoTime() - deadline < 0) {
                wait(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return links.containsKey(index);
    }

    private synchronized Optional<KernelLink> link(int index) {
        return Optional.ofNullable(links.get(index));
    }

    private void follow(LinkSocket socket) {
        try (socket) {
            Told listener = new Told(socket);
            long nextAsk = System.nanoTime();
            while (!closed) {
                long now = System.nanoTime();
                if (now - nextAsk >= 0) {
                    nextAsk = now + TimeUnit.MILLISECONDS.toNanos(ASK_MILLIS);
                    watched.forEach(socket::request);
                }
                boolean ignored = socket.receive(ASK_MILLIS, listener);
                if (listener.takeChanged()) {
                    onChange.run();
                }
            }
        }
    }

    private final class Told implements LinkSocket.Listener {
        private final LinkSocket socket;
        private final Set<Integer> unheard = new HashSet<>();
        private boolean changed;

        Told(LinkSocket socket) {
            this.socket = socket;
        }

        boolean takeChanged() {
            boolean was = changed;
            changed = false;
            return was;
        }

        @Override
        public void onLink(KernelLink link) {
            synchronized (KernelLinks.this) {
                KernelLink before = links.put(link.index(), link);
                unheard.remove(link.index());
                changed |= before == null || before.isUsable() != link.isUsable();
                KernelLinks.this.notifyAll();
            }
        }

        @Override
        public void onGone(int index) {
            watched.remove(index);
            synchronized (KernelLinks.this) {
                changed |= links.remove(index) != null;
                departures.computeIfPresent(index, (unused, before) -> before + 1);
            }
        }

        @Override
        public void onAll() {
            List.copyOf(unheard).forEach(this::onGone);
            unheard.clear();
            synchronized (KernelLinks.this) {
                complete = true;
                KernelLinks.this.notifyAll();
            }
        }

        /** One of them may have gone unheard; until all have been told they are as they were. */
        @Override
        public void onLost() {
            synchronized (KernelLinks.this) {
                unheard.addAll(links.keySet());
            }
            socket.requestAll();
        }
    }

    /** Ends its thread. The links are then what they were last. */
    @Override
    public void close() {
        closed = true;
        Thread running;
        synchronized (this) {
            running = thread;
        }
        if (running != null) {
            try {
                running.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
