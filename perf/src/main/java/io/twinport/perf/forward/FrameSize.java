package io.twinport.perf.forward;

import io.twinport.control.UserException;
import java.util.List;

/**
 * Lengths of the frames, without checksum.
 *
 * @param name as on the command line
 * @param shares lengths and how many bursts of each there are
 */
record FrameSize(String name, List<Share> shares) {
    static final FrameSize SMALLEST = of("64");

    private static final int LONGEST = 1518;
    private static final int SHORTEST = 64;
    private static final int BURSTS = 8;

    /** So many bursts of frames of a length. */
    record Share(int length, int bursts) {}

    /** A number, or {@code imix}: seven of 64 bytes to four of 570 and one of 1518. */
    static FrameSize of(String text) {
        if (text.equals("imix")) {
            return new FrameSize(text, List.of(new Share(64, 7), new Share(570, 4), new Share(1518, 1)));
        }
        int length;
        try {
            length = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            length = 0;
        }
        if (length < SHORTEST || length > LONGEST) {
            throw new UserException(
                    "--size " + text + " is not possible: give " + SHORTEST + " to " + LONGEST + ", or imix.");
        }
        return new FrameSize(text, List.of(new Share(length, BURSTS)));
    }

    boolean isMixed() {
        return shares.size() > 1;
    }

    /** Where all have the same. */
    int length() {
        return shares.getFirst().length();
    }

    /** How many go round where the device makes none. */
    int frames() {
        return shares.stream()
                .mapToInt(share -> share.bursts() * ForwardSetup.FRAMES_IN_BURST)
                .sum();
    }
}
