package io.twinport.dataplane.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.dpdk.testing.ChildJvm;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A poll thread that allocates has the collector stop it sooner or later. Ours allocates nothing, and is not stopped. */
class PollLoopAllocationDpdkTest {
    @ParameterizedTest
    @ValueSource(strings = {"reflect", "generate", "generate-at-rate"})
    void shouldAllocateNothingAndCauseNoSafepointInTenMillionBursts(String handler) throws Exception {
        ChildJvm.Result result =
                new ChildJvm().with("-Xms64m", "-Xlog:safepoint*=info,gc*=info").run(QuietLoopMain.class, handler);

        assertEquals(0, result.exitCode(), result::toString);
        assertEquals("0", result.value("allocated"));
        assertTrue(
                Long.parseLong(result.value("sent")) > 1_000_000, () -> "so little traffic proves nothing: " + result);
        List<String> lines = result.lines();
        List<String> between = lines.subList(lines.indexOf(QuietLoopMain.BEGIN) + 1, lines.indexOf(QuietLoopMain.END));
        assertEquals(List.of(), between);
        // And the log is not silent because it is off: the collection at the end is in it.
        List<String> behind = lines.subList(lines.indexOf(QuietLoopMain.END), lines.size());
        assertTrue(behind.stream().anyMatch(line -> line.contains("[safepoint")), result::toString);
    }
}
