package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FunctionSegmentsTest {
    /** Of functions so far apart that they want the same slot, too. */
    @Test
    void shouldMakeEachSegmentOnce() {
        List<Long> addresses = LongStream.range(1, 100)
                .flatMap(i -> LongStream.of(i << 4, (i << 4) + (1 << 14), (i << 4) + (1 << 20)))
                .boxed()
                .toList();
        List<MemorySegment> first = addresses.stream().map(FunctionSegments::at).toList();
        for (int i = 0; i < addresses.size(); i++) {
            assertEquals(addresses.get(i), first.get(i).address());
            assertSame(first.get(i), FunctionSegments.at(addresses.get(i)));
        }
    }

    @Test
    void shouldServeMoreFunctionsThanItKeeps() {
        LongStream.range(1, 5000)
                .map(i -> i << 5)
                .forEach(address ->
                        assertEquals(address, FunctionSegments.at(address).address()));
    }
}
