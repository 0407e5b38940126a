package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PriorityTest {
    @Test
    void shouldLowerThisThreadAndNoOther() throws InterruptedException {
        int before = Priority.ofThisThread();
        int[] lowered = new int[1];
        Thread thread = Thread.ofPlatform().start(() -> {
            Priority.lowerThisThread(Priority.LOWEST);
            lowered[0] = Priority.ofThisThread();
        });
        thread.join();
        assertEquals(Priority.LOWEST, lowered[0]);
        assertEquals(before, Priority.ofThisThread());
    }
}
