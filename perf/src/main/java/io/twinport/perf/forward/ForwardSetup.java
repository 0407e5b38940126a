package io.twinport.perf.forward;

import io.twinport.dataplane.MbufBurst;
import io.twinport.perf.launch.Rig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What all launches of a run have in common.
 *
 * @param burst frames received and sent at once, at most
 * @param packets how many are forwarded in the measured time, at least
 * @param warmUp how long each process forwards before that
 */
record ForwardSetup(
        Rig rig, ForwardDevice device, FrameSize size, int burst, ForwardMode mode, long packets, Duration warmUp) {
    /** A machine that forwards less than that is no machine for this benchmark. */
    private static final long LEAST_PACKETS_PER_SECOND = 1_000_000;

    /** Frames that go round where the device makes none: so many bursts of this length, whatever the burst is. */
    static final int FRAMES_IN_BURST = 16;

    /** Of all near ends alike, for bonding and failsafe want to set one, and not each driver can do it later. */
    static final String MAC = "02:00:00:00:00:01";

    /** The binary logarithm of {@link Rig#DESCRIPTORS}, as net_memif has it. */
    private static final int MEMIF_SLOTS = Integer.numberOfTrailingZeros(Rig.DESCRIPTORS);

    static final int DEFAULT_BURST = 32;

    /** How long the start of a process may take, until its first frame is sent; less than {@link #limit}. */
    static final Duration START_LIMIT = Duration.ofSeconds(20);

    /** Longer than the first frame takes that is not lost, on the busiest machine. */
    static final Duration FIRST_LOST = Duration.ofSeconds(2);

    /** How long a launch may take before it counts as hung. */
    Duration limit() {
        return warmUp.plusSeconds(30 + packets / LEAST_PACKETS_PER_SECOND);
    }

    /**
     * Device arguments of the device that is forwarded on.
     *
     * @param socket of the far end, where the device has one
     */
    String devargs(Path socket) {
        return switch (device) {
            case NULL -> "net_null0,size=" + size.length();
            case RING -> "net_ring0";
            case VHOST -> "net_virtio_user0,path=" + socket + ",queue_size=256,mac=" + MAC;
            case MEMIF -> "net_memif0,role=client," + memif(socket);
        };
    }

    /** Device arguments of its far end, where it has one. */
    String farDevargs(Path socket) {
        return device == ForwardDevice.MEMIF ? "net_memif0,role=server," + memif(socket) : "net_vhost0,iface=" + socket;
    }

    private static String memif(Path socket) {
        return "id=0,rsize=" + MEMIF_SLOTS + ",socket-abstract=no,socket=" + socket;
    }

    /** Device arguments of a standby that is up and idle. */
    String standbyDevargs() {
        // An idle net_null that yields 32 frames at each look would measure itself.
        return device == ForwardDevice.RING ? "net_ring1" : "net_null1,no-rx=1";
    }

    /** The CPU of a second loop; on a machine of two it is the one of everything else. */
    int secondCpu() {
        return rig.eal().otherCpus().last();
    }

    /** Why a case cannot be had, empty if it can. */
    String obstacle(ForwardCase what) {
        return switch (what) {
            case BONDING, FAILSAFE ->
                device == ForwardDevice.RING || device == ForwardDevice.MEMIF
                        ? "net_" + what.label() + " sets the MAC address of the devices below it, which net_"
                                + device.label() + " refuses"
                        : "";
            case PIPELINE ->
                device.hasFarEnd() && secondCpu() == rig.otherCpu()
                        ? "its second loop and the far end want a CPU each, and there is only one beside the poll loop's"
                        : tooLong("the ring between the cores");
            case OWN -> device == ForwardDevice.VHOST ? "" : "twinport's own driver is virtio's";
            case HOLD -> tooLong("a port that holds frames");
            default -> "";
        };
    }

    private String tooLong(String taker) {
        return burst > MbufBurst.CAPACITY
                ? "bursts above " + MbufBurst.CAPACITY + " are more than " + taker + " takes at once"
                : "";
    }

    /** {@code vhost/64/32/io}. */
    String label() {
        return String.join("/", device.label(), size.name(), "" + burst, mode.label());
    }

    /** As a process of ours takes it among its arguments; {@link #parse} reads it. */
    List<String> toArguments() {
        return List.of(
                rig.toText(),
                device.name(),
                size.name(),
                "" + burst,
                mode.name(),
                "" + packets,
                "" + warmUp.toMillis());
    }

    /** Reads {@link #toArguments}. */
    static ForwardSetup parse(List<String> arguments) {
        return new ForwardSetup(
                Rig.parse(arguments.get(0)),
                ForwardDevice.valueOf(arguments.get(1)),
                FrameSize.of(arguments.get(2)),
                Integer.parseInt(arguments.get(3)),
                ForwardMode.valueOf(arguments.get(4)),
                Long.parseLong(arguments.get(5)),
                Duration.ofMillis(Long.parseLong(arguments.get(6))));
    }
}
