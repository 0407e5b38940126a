package io.twinport.dataplane.virtio;

import io.twinport.dataplane.virtqueue.DeviceEnd;
import io.twinport.dataplane.virtqueue.Virtqueue;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.LinkSettings;
import io.twinport.dpdk.MacAddress;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.agrona.UnsafeApi;

/** A device of memory only: it writes down what is done to it, in order, and fails where it is told to. */
final class FakeTransport implements VirtioTransport {
    static final int SLOTS = 16;

    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private final List<String> story = Collections.synchronizedList(new ArrayList<>());
    private final List<Virtqueue> queues = new ArrayList<>();
    private final BlockingQueue<Integer> events = new LinkedBlockingQueue<>();
    private final long notify = Arena.global().allocate(Long.BYTES).address();
    private final int pairs;

    /** What fails from now on, by the first word of its story; empty for nothing. */
    volatile String failing = "";

    volatile boolean linkUp = true;
    volatile boolean gone;
    volatile boolean broken;
    volatile boolean wantsAnnouncement;
    long offered = VirtioFeatures.VERSION_1 | VirtioFeatures.STANDBY;
    volatile long negotiated;

    /** Where it takes commands, if it offers that. */
    final ControlEnd control = new ControlEnd(this::note);

    /** Asked at each reset: how many mbufs are away from their pool, say. */
    Runnable onReset = () -> {};

    FakeTransport(int pairs) {
        this.pairs = pairs;
    }

    private void tell(String what) {
        story.add(what);
        if (!failing.isEmpty() && what.startsWith(failing)) {
            throw new DpdkException("no " + what);
        }
    }

    /** Adds to the story what happens elsewhere. */
    void note(String what) {
        story.add(what);
        if (what.startsWith(NetCommand.ANNOUNCE_ACK.name())) {
            wantsAnnouncement = false;
        }
    }

    /** What was done since the last call. */
    List<String> story() {
        synchronized (story) {
            List<String> told = List.copyOf(story);
            story.clear();
            return told;
        }
    }

    /** The device's end of a queue that it was told of. */
    DeviceEnd end(int queue) {
        return DeviceEnd.of(queues.get(queue).address());
    }

    /** Whether the queue has been written to after a frame was posted. */
    boolean isNotified(int queue) {
        return UnsafeApi.getShortVolatile(null, notify) == queue;
    }

    /** Has {@link #await} return. */
    void interrupt() {
        events.add(CHANGED);
    }

    void request() {
        events.add(REQUESTED);
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public MacAddress mac() {
        return MAC;
    }

    @Override
    public void setMac(MacAddress wanted) {
        tell("mac " + wanted);
    }

    @Override
    public OptionalInt mtu() {
        return OptionalInt.of(9000);
    }

    @Override
    public int queuePairs() {
        return pairs;
    }

    @Override
    public int queueSize(int queue) {
        tell("size " + queue);
        return SLOTS;
    }

    @Override
    public boolean tellsLink() {
        return true;
    }

    @Override
    public boolean isLinkUp() {
        return linkUp && !broken && !gone;
    }

    @Override
    public LinkSettings linkSettings() {
        return new LinkSettings(25_000, LinkSettings.Duplex.FULL);
    }

    @Override
    public boolean wantsAnnouncement() {
        return wantsAnnouncement && VirtioFeatures.has(negotiated, VirtioFeatures.GUEST_ANNOUNCE);
    }

    @Override
    public boolean isGone() {
        return gone;
    }

    @Override
    public boolean needsReset() {
        return broken;
    }

    @Override
    public long offered() {
        return negotiated == 0 ? 0 : offered;
    }

    @Override
    public long usable() {
        return VirtioFeatures.choose(offered);
    }

    @Override
    public long features() {
        return negotiated;
    }

    @Override
    public boolean usesOwnAddresses() {
        return takesCommands();
    }

    private boolean takesCommands() {
        return VirtioFeatures.has(offered, VirtioFeatures.CTRL_VQ);
    }

    @Override
    public void reset() {
        control.close();
        onReset.run();
        queues.clear();
        tell("reset");
        broken = false;
    }

    @Override
    public void negotiate(long declined) {
        tell("negotiate");
        negotiated = VirtioFeatures.choose(offered & ~declined);
    }

    @Override
    public long setUp(Virtqueue queue) {
        queues.add(queue);
        tell("queue " + queue.index());
        return notify;
    }

    @Override
    public void run() {
        UnsafeApi.putShortVolatile(null, notify, (short) -1);
        tell("run");
        if (VirtioFeatures.has(negotiated, VirtioFeatures.CTRL_VQ)) {
            control.serve(queues.getLast());
        }
    }

    @Override
    public int await() {
        try {
            return events.take();
        } catch (InterruptedException e) {
            return STOP;
        }
    }

    @Override
    public void wake() {
        events.add(STOP);
    }

    @Override
    public void close() {
        control.close();
        tell("close");
    }
}
