package io.twinport.dataplane.virtio;

import static io.twinport.dataplane.vhost.VhostRequest.*;

import io.twinport.dataplane.vhost.VhostConnection.BrokenException;
import io.twinport.dataplane.vhost.VhostDevice;
import io.twinport.dataplane.vhost.VhostMessage;
import io.twinport.dataplane.virtqueue.Virtqueue;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.LinkSettings;
import io.twinport.dpdk.MacAddress;
import io.twinport.dpdk.SharedMemory;
import io.twinport.posix.EventSet;
import io.twinport.posix.PollSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.agrona.UnsafeApi;

/**
 * A virtio-net device that another process is, by vhost-user: the far end maps this process's memory and moves the frames.
 * Rings and frames are told by this process's own addresses.
 *
 * <p>The poll loop makes no system call, so it cannot kick a far end that sleeps: it writes a word, and this device's thread
 * kicks for it within a millisecond. Far ends that poll, as DPDK's and Open vSwitch's do, want no kicks.
 */
final class VhostUserTransport implements VirtioTransport {
    private static final int LOOK_MILLIS = 100;

    /** While a far end sleeps that may have to be woken. */
    private static final int KICK_MILLIS = 1;

    private static final long KNOWN = VirtioFeatures.VERSION_1
            | VirtioFeatures.CSUM
            | VirtioFeatures.GUEST_CSUM
            | VirtioFeatures.HOST_TSO
            | VirtioFeatures.GUEST_TSO
            | VirtioFeatures.MRG_RXBUF
            | VirtioFeatures.MQ
            | VirtioFeatures.RING_PACKED
            | VirtioFeatures.IN_ORDER;

    private static final int REGION_BYTES = 32;
    private static final int TABLE_HEADER = 8;

    /** Of the protocol, without CONFIGURE_MEM_SLOTS. */
    private static final int MOST_REGIONS = 8;

    /** In place of a notification, which is a queue's number and so never negative. */
    private static final long NO_KICK = -1;

    private static final int WAKE = 0;
    private static final int FAR = 1;

    /** A far end has no bound of its own but the protocol's; more than a loop takes between two looks is of no use. */
    private static final int QUEUE_SIZE = 512;

    private final String name;
    private final VhostDevice far;
    private final int pairs;
    private final EventSet wake = new EventSet(1);
    private final PollSet polled = new PollSet(2);
    private final EventSet kicks;

    /** The collector's: to close a shared arena would stop the poll threads for a moment. */
    private final MemorySegment kickWords;

    private MacAddress mac;
    private volatile List<Virtqueue> queues = List.of();
    private volatile boolean runs;
    private volatile long features;

    /**
     * @param far which this transport closes
     * @param mac the device's address, all zeroes while it has none: a far end knows none
     * @param mostPairs queue pairs that are used at most
     */
    VhostUserTransport(String name, VhostDevice far, MacAddress mac, int mostPairs) {
        this.name = name;
        this.far = far;
        this.mac = mac;
        this.pairs = Math.min(mostPairs, far.queuePairs());
        this.kicks = new EventSet(2 * pairs);
        this.kickWords = Arena.ofAuto().allocate(2L * pairs * Long.BYTES, Long.BYTES);
        polled.set(WAKE, wake.descriptor(0));
        polled.set(FAR, far.descriptor());
        far.take();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public MacAddress mac() {
        return mac;
    }

    @Override
    public void setMac(MacAddress wanted) {
        mac = wanted;
    }

    @Override
    public OptionalInt mtu() {
        return OptionalInt.empty();
    }

    @Override
    public int queuePairs() {
        return pairs;
    }

    @Override
    public int queueSize(int queue) {
        return QUEUE_SIZE;
    }

    @Override
    public boolean tellsLink() {
        return true;
    }

    @Override
    public boolean isLinkUp() {
        return runs && !far.isGone();
    }

    @Override
    public LinkSettings linkSettings() {
        return LinkSettings.UNKNOWN;
    }

    @Override
    public boolean wantsAnnouncement() {
        return false;
    }

    @Override
    public boolean isGone() {
        return far.isGone();
    }

    @Override
    public boolean needsReset() {
        return false;
    }

    @Override
    public long offered() {
        return features == 0 ? 0 : far.features() & ~PROTOCOL_FEATURES;
    }

    /** It has no control queue: what the protocol has messages for needs none. */
    @Override
    public long usable() {
        return VirtioFeatures.consistent(far.features() & KNOWN & ~(pairs > 1 ? 0 : VirtioFeatures.MQ));
    }

    @Override
    public long features() {
        return features;
    }

    @Override
    public boolean usesOwnAddresses() {
        return true;
    }

    /** GET_VRING_BASE stops a ring: when it is answered the far end touches it no more. One that has gone does not either. */
    @Override
    public void reset() {
        boolean ran = runs;
        runs = false;
        try {
            for (Virtqueue queue : ran ? queues : List.<Virtqueue>of()) {
                if (far.enablesRings()) {
                    far.tell(VhostDevice.ofRing(SET_VRING_ENABLE, queue.index(), 0));
                }
                long ignored = far.ask(VhostDevice.ofRing(GET_VRING_BASE, queue.index(), 0));
            }
        } catch (BrokenException e) {
            far.hangUp(); // it is told nothing more, and has to end by itself
        }
        queues = List.of();
    }

    @Override
    public void negotiate(long declined) {
        long offered = far.features();
        if (!VirtioFeatures.has(offered, VirtioFeatures.VERSION_1)) {
            throw new DpdkException(name + " cannot be driven: its far end offers no VERSION_1 (features 0x"
                    + Long.toHexString(offered) + ")");
        }
        features = VirtioFeatures.consistent(usable() & ~declined);
        tell(VhostMessage.request(SET_FEATURES, features | offered & PROTOCOL_FEATURES));
        shareMemory();
    }

    private void shareMemory() {
        List<SharedMemory.Region> regions = SharedMemory.regions();
        if (regions.isEmpty() || regions.size() > MOST_REGIONS) {
            throw new DpdkException(name + " cannot be driven: EAL's memory lies in " + regions.size()
                    + " files, and a far end takes 1 to " + MOST_REGIONS
                    + ". Start EAL with --no-huge, or with --in-memory --single-file-segments");
        }
        ByteBuffer table = ByteBuffer.allocate(TABLE_HEADER + regions.size() * REGION_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        table.putInt(regions.size()).putInt(0);
        for (SharedMemory.Region region : regions) {
            table.putLong(region.address()) // by which descriptors name it
                    .putLong(region.length())
                    .putLong(region.address())
                    .putLong(region.offset());
        }
        tell(VhostMessage.request(SET_MEM_TABLE, table.array())
                .with(regions.stream().mapToInt(SharedMemory.Region::descriptor).toArray()));
    }

    @Override
    public long setUp(Virtqueue queue) {
        int ring = queue.index();
        queues = Stream.concat(queues.stream(), Stream.of(queue)).toList();
        tell(VhostDevice.ofRing(SET_VRING_NUM, ring, queue.size()));
        tell(VhostDevice.ofRing(SET_VRING_BASE, ring, queue.base()));
        tell(VhostDevice.ringAddresses(ring, queue.descriptors(), queue.deviceArea(), queue.driverArea()));
        tell(VhostMessage.request(SET_VRING_CALL, ring | NO_DESCRIPTOR)); // it is polled
        tell(VhostDevice.withDescriptor(SET_VRING_KICK, ring, kicks.descriptor(ring)));
        UnsafeApi.putLongVolatile(null, kickWord(ring), NO_KICK);
        return kickWord(ring);
    }

    @Override
    public void run() {
        if (far.enablesRings()) {
            for (Virtqueue queue : queues) {
                tell(VhostDevice.ofRing(SET_VRING_ENABLE, queue.index(), 1));
            }
        }
        runs = true;
    }

    private void tell(VhostMessage message) {
        try {
            far.tell(message);
        } catch (BrokenException e) {
            throw new DpdkException(name + " has lost its far end: " + e.getMessage(), e);
        }
    }

    @Override
    public int await() {
        List<Virtqueue> running = runs ? queues : List.of();
        boolean mayKick = running.stream().anyMatch(Virtqueue::wantsNotifications);
        long ready = polled.await(mayKick ? KICK_MILLIS : LOOK_MILLIS);
        running.forEach(this::kick);
        boolean wasThere = !far.isGone();
        if ((ready & 1L << FAR) != 0) {
            far.listen();
            if (far.isGone()) {
                polled.set(FAR, PollSet.NONE);
            }
        }
        boolean stops = (ready & 1L << WAKE) != 0 && wake.await(0) != 0;
        return (stops ? STOP : 0) | (wasThere && far.isGone() ? CHANGED : 0);
    }

    private void kick(Virtqueue queue) {
        if (UnsafeApi.getAndSetLong(null, kickWord(queue.index()), NO_KICK) != NO_KICK) {
            kicks.signal(queue.index());
        }
    }

    private long kickWord(int ring) {
        return kickWords.address() + (long) ring * Long.BYTES;
    }

    @Override
    public void wake() {
        wake.signal(0);
    }

    @Override
    public void close() {
        far.close();
        kicks.close();
        wake.close();
    }
}
