package io.twinport.dataplane.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dataplane.policy.QueueWatch.Sight;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** U10 for one queue of several: refused for good while the others move is evidence, and nothing less is. */
class QueueWatchTest {
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int SECOND = 100;

    private final QueueWatch watch = new QueueWatch(3);
    private final long[] taken = new long[3];
    private final long[] refused = new long[3];
    private final long[] passes = new long[3];
    private long now = 17;

    /** So many looks, at each of which the queues have taken and refused so much more: what the last one has found. */
    private int looks(int count, int[] takes, int[] refuses) {
        int found = QueueWatch.NONE;
        for (int i = 0; i < count; i++) {
            found = look(STEP, takes, refuses);
        }
        return found;
    }

    private int look(long step, int[] takes, int[] refuses) {
        now += step;
        Sight[] sights = new Sight[3];
        for (int t = 0; t < 3; t++) {
            taken[t] += takes[t];
            refused[t] += refuses[t];
            passes[t]++;
            sights[t] = new Sight(taken[t], refused[t], passes[t]);
        }
        return watch.look(sights, now);
    }

    private static int[] each(int... values) {
        return values;
    }

    @Test
    void shouldFindQueueThatIsRefusedForGoodWhileOthersMove() {
        assertEquals(QueueWatch.NONE, looks(SECOND, each(100, 0, 50), each(0, 32, 0)));
        assertEquals(1, looks(3, each(100, 0, 50), each(0, 32, 0)));
    }

    /** Flows that get no answer send seldom: each refusal shows that the queue has been full since the last. */
    @Test
    void shouldFindQueueThatIsSeldomOfferedAnything() {
        int found = QueueWatch.NONE;
        for (int i = 0; i < 6; i++) {
            looks(29, each(10, 0, 10), each(0, 0, 0));
            found = look(STEP, each(10, 0, 10), each(0, 1, 0));
        }
        assertEquals(1, found);
    }

    /** Overload: each of them goes on, however slowly. */
    @Test
    void shouldNotMindQueueThatIsSlow() {
        for (int i = 0; i < 20; i++) {
            assertEquals(QueueWatch.NONE, looks(SECOND - 1, each(1000, 0, 1000), each(0, 1000, 0)));
            assertEquals(QueueWatch.NONE, look(STEP, each(1000, 1, 1000), each(0, 1000, 0)));
        }
    }

    /** Pause frames, a far end without its CPU: all are held up alike. */
    @Test
    void shouldNotMindDeviceThatIsHeldUpAsAWhole() {
        assertEquals(QueueWatch.NONE, looks(100 * SECOND, each(0, 0, 0), each(32, 32, 32)));
    }

    /** The time in which all stood still proves nothing of the one that is last to go on. */
    @Test
    void shouldCountNoTimeInWhichTheOthersStandStill() {
        looks(10, each(10, 10, 10), each(1, 1, 1));
        looks(100 * SECOND, each(0, 0, 0), each(32, 32, 32));
        assertEquals(QueueWatch.NONE, looks(SECOND - 1, each(10, 0, 10), each(1, 1, 1)));
        assertEquals(QueueWatch.NONE, look(STEP, each(10, 1, 10), each(1, 1, 1)));
    }

    @Test
    void shouldNotMindQueueThatIsOfferedNothing() {
        looks(2, each(100, 0, 50), each(0, 32, 0));
        assertEquals(QueueWatch.NONE, looks(100 * SECOND, each(100, 0, 50), each(0, 0, 0)));
    }

    /** A loop that is stuck serves nothing of what others have for its queue. */
    @Test
    void shouldCountNoTimeInWhichTheLoopOfTheQueueIsStill() {
        for (int i = 0; i < 100 * SECOND; i++) {
            passes[1]--;
            assertEquals(QueueWatch.NONE, looks(1, each(100, 0, 50), each(0, 32, 0)));
        }
    }

    /** The whole process, or this thread, was stopped: there was one look before, and one after. */
    @Test
    void shouldNotTakeGapForTimeThatWasSeen() {
        looks(2, each(100, 0, 50), each(0, 32, 0));
        for (int i = 0; i < 10; i++) {
            assertEquals(QueueWatch.NONE, look(TimeUnit.SECONDS.toNanos(60), each(100, 0, 50), each(0, 32, 0)));
        }
    }

    /** A few frames of the others are a batch of descriptors that was done before. */
    @Test
    void shouldWantMoreThanBatchOfTheOthers() {
        int[] others = new int[3];
        looks(1, each(1, 1, 1), each(0, 1, 0));
        for (int i = 0; i < 2 * SECOND; i++) {
            others[0] = i % 4 == 0 ? 1 : 0;
            assertEquals(QueueWatch.NONE, looks(1, others, each(0, 1, 0)), "at " + i);
        }
    }

    @Test
    void shouldHaveNothingToCompareWithOnOneQueue() {
        QueueWatch one = new QueueWatch(1);
        for (int i = 0; i < 10 * SECOND; i++) {
            now += STEP;
            assertEquals(QueueWatch.NONE, one.look(new Sight[] {new Sight(5, i, i)}, now));
        }
    }

    @Test
    void shouldWantASecondAndARefusalAtItsEnd() {
        looks(2, each(100, 0, 50), each(0, 32, 0));
        for (int i = 1; i < SECOND; i++) {
            assertEquals(QueueWatch.NONE, look(STEP, each(100, 0, 50), each(0, 1, 0)), "at " + i);
        }
        assertEquals(1, look(STEP, each(100, 0, 50), each(0, 1, 0)));
        assertEquals(QueueWatch.NONE, look(STEP, each(100, 0, 50), each(0, 0, 0)), "it may have room now");
        assertEquals(1, look(STEP, each(100, 0, 50), each(0, 1, 0)));
    }

    @Test
    void shouldCountWhatTheOthersHaveSentSinceItWasFull() {
        looks(10, each(1, 1, 1), each(0, 1, 0));
        look(STEP, each(0, 0, 0), each(0, 1, 0));
        for (int i = 1; i <= QueueWatch.OTHERS; i++) {
            assertEquals(QueueWatch.NONE, look(QueueWatch.LONGEST_STEP_NANOS, each(1, 0, 0), each(0, 1, 0)), "at " + i);
        }
        assertEquals(1, look(STEP, each(1, 0, 0), each(0, 1, 0)));
    }
}
