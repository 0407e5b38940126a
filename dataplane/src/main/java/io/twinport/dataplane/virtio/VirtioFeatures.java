package io.twinport.dataplane.virtio;

/** Feature bits (virtio 1.2, 5.1.3 and 6): what a device offers and a driver acknowledges. */
public final class VirtioFeatures {
    /** The device says which MTU it can have. */
    public static final long MTU = 1L << 3;

    /** The device has an address of its own. */
    public static final long MAC = 1L << 5;

    /** The device spreads frames over several receive buffers where one is too small. */
    public static final long MRG_RXBUF = 1L << 15;

    /** The device says whether its link is up. */
    public static final long STATUS = 1L << 16;

    /** The device has several queue pairs. */
    public static final long MQ = 1L << 22;

    /** The device is of version 1 of the specification. */
    public static final long VERSION_1 = 1L << 32;

    /** The device is behind an IOMMU: it must be given IOVAs, and uses nothing else. */
    public static final long ACCESS_PLATFORM = 1L << 33;

    /**
     * The device orders its accesses as the platform's devices do, not as its CPUs: the driver has to use barriers for that.
     * On x86 these are the same, and no other architecture is supported; on aarch64 Java's fences would be too weak.
     */
    public static final long ORDER_PLATFORM = 1L << 36;

    /** The device is the standby of a primary that the hypervisor keeps back until this is acknowledged. */
    public static final long STANDBY = 1L << 62;

    /** What is acknowledged wherever it is offered. */
    private static final long ALWAYS = MTU | MAC | STATUS | VERSION_1 | ACCESS_PLATFORM | ORDER_PLATFORM | STANDBY;

    private VirtioFeatures() {}

    /**
     * What to acknowledge of what is offered.
     *
     * @param wanted what the port needs beside
     */
    static long choose(long offered, long wanted) {
        return offered & (ALWAYS | wanted);
    }

    public static boolean has(long features, long bit) {
        return (features & bit) != 0;
    }

    /**
     * Whether a kernel driver has acknowledged a feature.
     *
     * @param digits the device's {@code features} in sysfs, one a bit, the lowest first; empty has none
     */
    public static boolean isAcknowledged(String digits, long bit) {
        int digit = Long.numberOfTrailingZeros(bit);
        return digits.length() > digit && digits.charAt(digit) == '1';
    }
}
