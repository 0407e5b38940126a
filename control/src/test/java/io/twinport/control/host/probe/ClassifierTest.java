package io.twinport.control.host.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassifierTest {
    /** Frames in a row: each letter is one that came to the standby, the VF, both or nobody; {@code |} are the marks of a step. */
    private static Transition classify(String before, String change, VfState from, VfState to, long nanosPerFrame) {
        FrameLog log = new FrameLog(Holder.BRIDGE);
        int begin = add(log, before, 0, nanosPerFrame);
        String[] parts = change.split("\\|", -1);
        int end = add(log, parts[0], begin, nanosPerFrame);
        int steady = add(log, parts[1], end, nanosPerFrame);
        int next = add(log, parts[2], steady, nanosPerFrame);
        return Classifier.classify(log, new Step(from, 0, 0, 0, begin), new Step(to, begin, end, steady, next), true);
    }

    private static int add(FrameLog log, String frames, int first, long nanosPerFrame) {
        for (int i = 0; i < frames.length(); i++) {
            int number = first + i;
            char way = frames.charAt(i);
            if (way == 's' || way == 'b') {
                log.add(Place.TAP, number, 1 + number * nanosPerFrame);
            }
            if (way == 'v' || way == 'b') {
                log.add(Place.VF, number, 1 + number * nanosPerFrame);
            }
        }
        return first + frames.length();
    }

    @ParameterizedTest
    @CsvSource({
        "ssss, sssv|vvvv|vvvv, make-before-break, 0, 0",
        "ssss, ssbb|bvvv|vvvv, make-before-break, 0, 0",
        "ssss, s--v|vvvv|vvvv, early-steal, 2, 0",
        "ssss, ssss|ssssssssvv|vvvv, late, 0, 8",
        "ssss, ssss|sssvvv|vvvv, make-before-break, 0, 3",
        "ssss, ssss|ssss|ssss, late, 0, 8",
        "ssss, sssb|bbbb|bbbb, duplicate, 0, 0",
        "ssss, ss--|----|----, nowhere, 10, 0",
        "----, ----|vvvv|vvvv, restored, 4, 0",
        "----, ---b|bbbb|bbbb, duplicate, 3, 0"
    })
    void shouldJudgeAVfThatComes(String before, String change, String verdict, int lost, int late) {
        // However fast it went.
        for (long nanos : new long[] {1, 1000, 1_000_000_000L}) {
            Transition found = classify(before, change, VfState.BOUND, VfState.UP, nanos);
            assertEquals(verdict, found.verdict().toString());
            assertEquals(lost, found.lost());
            assertEquals(late, found.late());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "vvvv, vvss|ssss|ssss, make-before-break, 0",
        "bbbb, bbss|ssss|ssss, make-before-break, 0",
        "vvvv, v---|--ss|ssss, late, 5",
        "vvvv, v---|----|----, late, 11",
        "ssss, ssss|ssss|ssss, unmoved, 0",
        "ssss, ss-s|ssss|ssss, nowhere, 1",
        "ssss, s---|----|----, early-steal, 11",
        "----, ----|----|----, nowhere, 12",
        "----, ----|--ss|ssss, restored, 6",
        "bbbb, bb--|----|----, nowhere, 10"
    })
    void shouldJudgeAVfThatIsNotReady(String before, String change, String verdict, int lost) {
        Transition found = classify(before, change, VfState.UP, VfState.DOWN, 1000);
        assertEquals(verdict, found.verdict().toString());
        assertEquals(lost, found.lost());
        assertEquals(0, found.late());
    }

    @Test
    void shouldTellHowLongFramesWereLost() {
        assertEquals(
                3.0,
                classify("ssss", "s--v|vvvv|vvvv", VfState.BOUND, VfState.UP, 1000)
                        .micros());
        assertEquals(
                8.0,
                classify("ssss", "ssss|ssssssssvv|vvvv", VfState.BOUND, VfState.UP, 1000)
                        .micros());
        assertNull(
                classify("ssss", "s---|----|----", VfState.MADE, VfState.ADDRESSED, 1000)
                        .micros(),
                "it is not over");
        assertNull(
                classify("ssss", "ssss|vvvv|vvvv", VfState.BOUND, VfState.UP, 1000)
                        .micros(),
                "nothing was lost");
    }

    @Test
    void shouldCountAFrameOnceThatComesTwiceToOnePlace() {
        FrameLog log = new FrameLog(Holder.BRIDGE);
        log.add(Place.TAP, 5000, 1);
        log.add(Place.TAP, 5000, 2);
        assertEquals(1, log.again());
        assertEquals(1, log.count(Place.TAP, 0, 6000));
        assertEquals(1, log.nanos(5000));
        assertEquals(Delivery.NOBODY, log.delivery(9000));
    }
}
