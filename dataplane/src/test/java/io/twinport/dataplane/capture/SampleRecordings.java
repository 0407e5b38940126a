package io.twinport.dataplane.capture;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/** Makes flight recordings, for tests of their readers. */
public final class SampleRecordings {
    private SampleRecordings() {}

    /**
     * One with so many switches.
     *
     * @param frames before a switch, and as many after it
     */
    public static void make(Path file, int frames, int switches) {
        FlightRecorder recorder = FlightRecorder.create(file, 0, frames);
        try (Arena arena = Arena.ofConfined()) {
            long bytes = arena.allocate(FlightLayout.SNAP, Long.BYTES).address();
            for (int i = 1; i <= switches; i++) {
                for (int frame = 0; frame < 3 * frames; frame++) {
                    recorder.record(
                            System.nanoTime(),
                            1514,
                            bytes,
                            60,
                            frame % 3,
                            frame % 2 == 0 ? CaptureRing.RECEIVED : CaptureRing.SENT);
                }
                recorder.switched(i);
            }
        }
    }
}
