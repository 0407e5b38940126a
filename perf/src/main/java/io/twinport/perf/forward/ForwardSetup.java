package io.twinport.perf.forward;

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

    /** 64 bytes, bursts of 32, untouched, from {@code net_null}. */
    static ForwardSetup usual(Rig rig, long packets, Duration warmUp) {
        return new ForwardSetup(
                rig, ForwardDevice.NULL, FrameSize.SMALLEST, DEFAULT_BURST, ForwardMode.IO, packets, warmUp);
    }

    static final int DEFAULT_BURST = 32;

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
            case VHOST -> "net_virtio_user0,path=" + socket + ",queue_size=256";
        };
    }

    /** Device arguments of a standby that is up and idle. */
    String standbyDevargs() {
        // An idle net_null that yields 32 frames at each look would measure itself.
        return device == ForwardDevice.RING ? "net_ring1" : "net_null1,no-rx=1";
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
