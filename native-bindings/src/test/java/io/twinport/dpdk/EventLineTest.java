package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventLineTest {
    private final long line = EventLine.allocate();

    @Test
    void shouldKeepInstantOfFirstEdgeUntilItIsTaken() {
        EventLine.edge(line, 100);
        EventLine.edge(line, 200);
        assertEquals(100, EventLine.takeEventNanos(line));
        assertEquals(0, EventLine.takeEventNanos(line));
        EventLine.edge(line, 300);
        assertEquals(300, EventLine.takeEventNanos(line));
        assertEquals(3, EventLine.edges(line));
    }

    @Test
    void shouldLoseNoEdgeOfThreadsThatCallAtOnce() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 100_000; i++) {
                    EventLine.edge(line, 1);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(400_000, EventLine.edges(line));
    }
}
