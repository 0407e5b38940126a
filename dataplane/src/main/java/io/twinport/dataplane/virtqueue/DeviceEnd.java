package io.twinport.dataplane.virtqueue;

/**
 * The device's end of a queue, in software: what the warm-up and the tests have in place of a device. It looks at the rings
 * only, at their own addresses, and moves no bytes.
 */
public sealed interface DeviceEnd permits SplitDeviceEnd, PackedDeviceEnd {
    /** @param queue address of a queue that was cleared */
    static DeviceEnd of(long queue) {
        return PackedRing.is(queue) ? new PackedDeviceEnd(queue) : new SplitDeviceEnd(queue);
    }

    /**
     * Completes chains in the order in which they were posted.
     *
     * @param length bytes that the device says it has written to each
     * @return how many, at most {@code count}
     */
    default int complete(int count, int length) {
        int n = Math.min(count, waiting());
        for (int i = 0; i < n; i++) {
            use(next(), length);
        }
        publish();
        return n;
    }

    /** Chains that were posted and not looked at yet. */
    int waiting();

    /** Takes the number of the next chain that was posted. */
    int next();

    /** Says that a chain was used; {@link #publish} shows it. */
    void use(int id, int length);

    /** Whether notifications are not wanted. */
    void stayAwake(boolean awake);

    void publish();
}
