package io.twinport.dataplane.virtio;

import io.twinport.dataplane.virtqueue.VirtioControl;
import io.twinport.dataplane.virtqueue.Virtqueue;
import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.DpdkMemory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.UnsafeApi;

/**
 * The queue by which a device is told its settings (virtio 1.2, 5.1.6.5): one command at a time, and the caller waits for the
 * answer. Never for a poll loop.
 *
 * <p>A device that does not answer, or not as it must, is told nothing more until it has been reset: it may yet write into
 * the command's memory.
 *
 * <pre>
 *   0        1         64        65        128
 *  +--------+---------+---------+---------+--------------------
 *  | class  | command | answer  |         | data ...
 *  +--------+---------+---------+---------+--------------------
 * </pre>
 */
final class ControlQueue implements AutoCloseable {
    /** Bytes of a command's data at most. */
    static final int MOST_DATA = 4096 - 128;

    /** Software answers in microseconds, hardware's firmware in milliseconds. */
    private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** So long the answer is worth a whole CPU. */
    private static final long SPIN_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    /** Of three descriptors for each command, and there is one at a time. */
    private static final int MOST_SLOTS = 64;

    private static final int ANSWER = 64;
    private static final int DATA = 128;

    // What a device answers.
    private static final byte OK = 0;
    private static final byte REFUSED = 1;
    private static final byte NOTHING_YET = -1;

    private final VirtioTransport device;
    private final Virtqueue ring;
    private final DpdkMemory memory;
    private long notify;
    private volatile boolean broken;

    private ControlQueue(VirtioTransport device, Virtqueue ring) {
        this.device = device;
        this.ring = ring;
        this.memory = DpdkMemory.allocateForDevice("virtio control", DATA + MOST_DATA);
    }

    /**
     * A queue that is to be {@link #setUp}.
     *
     * @param index the device's number of it
     */
    static ControlQueue of(VirtioTransport device, int index) {
        Virtqueue ring = VirtioQueues.format(device.features())
                .make(index, Math.min(device.queueSize(index), MOST_SLOTS), device.usesOwnAddresses());
        try {
            return new ControlQueue(device, ring);
        } catch (RuntimeException e) {
            ring.close();
            throw e;
        }
    }

    /** Tells the device of it; it has accepted the features. */
    void setUp() {
        ring.clear();
        broken = false;
        notify = device.setUp(ring);
    }

    /** The device may be notified. */
    void start() {
        ring.start(notify);
    }

    /** Whether nothing can be told any more, until the device has been reset. */
    boolean isBroken() {
        return broken || device.needsReset();
    }

    /**
     * Tells the device something, and waits for its answer, a second at most. One thread at a time.
     *
     * @param data at most {@link #MOST_DATA} bytes
     * @return false if the device refuses
     * @throws DpdkException if it does not answer, or not as it must; then the queue is broken
     */
    boolean tell(NetCommand command, byte[] data) {
        if (isBroken()) {
            throw new DpdkException(device.name() + " is told nothing more until it has been reset");
        }
        long address = memory.address();
        UnsafeApi.putShort(address, command.code());
        for (int i = 0; i < data.length; i++) {
            UnsafeApi.putByte(address + DATA + i, data[i]);
        }
        UnsafeApi.putByte(address + ANSWER, NOTHING_YET);
        long base = device.usesOwnAddresses() ? address : memory.iova();
        VirtioControl.post(ring.address(), base, base + DATA, data.length, base + ANSWER);
        int state = await();
        byte answer = UnsafeApi.getByte(address + ANSWER);
        if (state == VirtioControl.DONE && (answer == OK || answer == REFUSED)) {
            return answer == OK;
        }
        broken = true;
        String what = state == VirtioControl.PENDING ? " does not answer to " : " answers with nonsense to ";
        String advice = device.isGone() ? ": was it unplugged?" : "";
        throw new DpdkException(device.name() + what + command + advice);
    }

    private int await() {
        long start = System.nanoTime();
        int state = VirtioControl.look(ring.address());
        for (long waited = 0; state == VirtioControl.PENDING && waited < ANSWER_NANOS; ) {
            if (waited < SPIN_NANOS) {
                Thread.onSpinWait();
            } else if (device.isGone() || device.needsReset()) {
                return state;
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            state = VirtioControl.look(ring.address());
            waited = System.nanoTime() - start;
        }
        return state;
    }

    int index() {
        return ring.index();
    }

    /** Frees the memory; the device has been reset. */
    @Override
    public void close() {
        ring.close();
        memory.close();
    }
}
