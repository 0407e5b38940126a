package io.twinport.control.top;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.history.SwitchHistory.Switch;
import io.twinport.dataplane.policy.FailoverPolicy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopViewTest {
    private static final int WIDTH = 80;
    private static final int HEIGHT = 24;
    private static final int PORTS = 3;
    private static final long PID = 4711;

    private final TopView view = new TopView(Path.of("guest.cnc"));

    /** @param second at which it is taken; each port counts a million times its number more in each */
    private static TopSample sample(long pid, int second, int switches) {
        TreeMap<Integer, TopSample.Port> ports = new TreeMap<>();
        int up = FailoverPolicy.next(FailoverPolicy.INITIAL, FailoverPolicy.PRIMARY_JOINED);
        int state = FailoverPolicy.next(up, FailoverPolicy.PRIMARY_LINK_UP);
        for (int port = 0; port < PORTS; port++) {
            Map<String, Long> counters = new HashMap<>();
            counters.put("rx_packets", 1_000_000L * port * second);
            counters.put("tx_packets primary", 2_000L * second);
            counters.put("tx_dropped", 7L * second);
            counters.put("all rx_bytes", 125_000L * second);
            counters.put("primary rx_bytes", 125_000L * second);
            counters.put("active side (0 none, 1 primary, 2 standby)", 1L);
            counters.put("standby health (0 healthy, 1 unproven, 2 expected-down, 3 dead)", 3L);
            counters.put("carrier", 1L);
            counters.put("switches", (long) switches);
            ports.put(port, new TopSample.Port("port-" + port, counters, state));
        }
        List<Switch> list =
                IntStream.rangeClosed(1, switches).mapToObj(TopViewTest::record).toList();
        return new TopSample(TimeUnit.SECONDS.toNanos(second), pid, true, Instant.now(), ports, list);
    }

    private static Switch record(int number) {
        Instant decision = Instant.EPOCH.plusSeconds(number);
        return new Switch(
                1,
                number,
                "failover",
                "primary",
                "standby",
                "a cause that is longer than what is left of a line of eighty columns",
                false,
                decision.minusNanos(1500),
                decision,
                decision.plusNanos(1000),
                null,
                2500L,
                number,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    @Test
    void shouldShowRatesOfTheTimeBetween() {
        view.add(sample(PID, 1, 0));
        view.add(sample(PID, 3, 0));
        List<String> rows = view.rows();
        assertEquals(PORTS, rows.size());
        assertTrue(rows.get(2).matches(".* port-2 +primary +on +DEAD +2.00M +2.0k +1.0 +0 +7.0 +0"), rows.get(2));
    }

    /** What an earlier process has counted is no rate of the next one's. */
    @Test
    void shouldBeginAnewWithAnotherProcess() {
        view.add(sample(PID, 90, 0));
        view.add(sample(PID + 1, 91, 0));
        assertTrue(
                view.rows().get(2).matches(".* port-2 .* 0 +0 +0 +0 +0 +0"),
                view.rows().get(2));
    }

    @Test
    void shouldFitAScreenOf80To24() {
        view.add(sample(PID, 1, 0));
        view.add(sample(PID, 2, 500));
        List<String> lines = view.screen(WIDTH, HEIGHT);
        assertTrue(lines.size() <= HEIGHT, lines::toString);
        assertTrue(lines.stream().allMatch(line -> line.length() <= WIDTH), lines::toString);
        assertTrue(lines.getFirst().startsWith("twinport guest, process 4711, up 0:00:0"), lines::getFirst);
        assertTrue(lines.get(4).matches("  primary +up +Mb/s 1.0/0 .*"), lines.get(4));
        assertTrue(lines.get(5).matches("  standby +absent .*"), lines.get(5));
        String newest = lines.stream()
                .filter(line -> line.contains("primary -> standby"))
                .findFirst()
                .orElseThrow();
        assertTrue(newest.contains("port-1") && newest.contains("2.5    500"), newest);
    }

    @Test
    void shouldFitAScreenThatIsTooSmall() {
        view.add(sample(PID, 1, 3));
        List<String> lines = view.screen(40, 6);
        assertEquals(6, lines.size());
        assertTrue(lines.stream().allMatch(line -> line.length() <= 40), lines::toString);
    }

    /** With what else a port counts, and nothing about the others. */
    private static TopSample sample(int second, Map<String, Long> counters) {
        TreeMap<Integer, TopSample.Port> ports = new TreeMap<>();
        ports.put(0, new TopSample.Port("wan", counters, FailoverPolicy.INITIAL));
        return new TopSample(TimeUnit.SECONDS.toNanos(second), PID, false, null, ports, List.of());
    }

    private String[] onlyRow() {
        return view.rows().getFirst().strip().split(" +");
    }

    private void assertRate(String text, long counted) {
        TopView fresh = new TopView(Path.of("x"));
        fresh.add(sample(0, Map.of()));
        fresh.add(sample(1, Map.of("rx_packets", counted)));
        assertEquals(text, fresh.rows().getFirst().strip().split(" +")[5]);
    }

    @Test
    void shouldGiveNumbersWithFourDigitsAndAUnit() {
        assertRate("0", 0);
        assertRate("9.0", 9);
        assertRate("10", 10);
        assertRate("999", 999);
        assertRate("1.0k", 1000);
        assertRate("999.0k", 999_000);
        assertRate("1.00M", 1_000_000);
        assertRate("14.88M", 14_880_000);
    }

    /** Devices count once a second: over less than a few of them rates would jump. */
    @Test
    void shouldGiveRatesOfTheLastFourSeconds() {
        long[] counts = {0, 8000, 8000, 8000, 8100};
        for (int i = 0; i < counts.length; i++) {
            view.add(sample(2 * i, Map.of("rx_packets", counts[i])));
        }
        assertEquals("25", onlyRow()[5], "100 in the 4 s after the third look");
        view.add(sample(100, Map.of("rx_packets", 17_300L)));
        assertEquals("100", onlyRow()[5], "of two looks at least, however long ago the first was");
    }

    @Test
    void shouldAddUpWhatBothSidesSendAndAllThatIsDropped() {
        view.add(sample(0, Map.of()));
        view.add(sample(
                1,
                Map.of(
                        "tx_packets primary", 100L,
                        "tx_packets standby", 20L,
                        "tx_dropped", 400L,
                        "tx_hold_dropped", 50L,
                        "tx_refused", 6L,
                        "all rx_bytes", 1_000_000L,
                        "all tx_bytes", 2_000_000L)));
        String[] row = onlyRow();
        assertEquals("120", row[6]);
        assertEquals("8.0", row[7], "Mb/s");
        assertEquals("16", row[8], "Mb/s");
        assertEquals("456", row[9]);
        assertTrue(
                view.screen(WIDTH, HEIGHT).get(3).matches("wan .* 120 +456 +0"),
                () -> view.screen(WIDTH, HEIGHT).get(3));
    }

    @Test
    void shouldSayThatTheProcessHasEnded() {
        view.add(sample(PID, 1, 0));
        assertTrue(view.isAlive());
        view.add(sample(2, Map.of()));
        assertFalse(view.isAlive());
        assertTrue(view.screen(WIDTH, HEIGHT).getFirst().startsWith("twinport guest, process 4711 HAS ENDED"));
    }

    @Test
    void shouldNameTheColumnsOfItsRows() {
        view.add(sample(PID, 1, 0));
        assertEquals(view.rows().getFirst().indexOf("port-0"), TopView.header().indexOf("PORT"), TopView.header());
        assertEquals(11, TopView.header().split(" +").length);
    }

    /** As many switches as there is room for, the newest first; of a port that has gone its number. */
    @Test
    void shouldFillTheScreenWithTheLastSwitches() {
        view.add(sample(PID, 1, 5));
        int before = view.screen(WIDTH, 1000).size() - 5;
        assertEquals(before + 5, view.screen(WIDTH, before + 6).size());
        assertEquals(before + 1, view.screen(WIDTH, before + 2).size(), "a line is left for the prompt");
        assertTrue(view.screen(WIDTH, before + 2).getLast().contains(" 5 "), "the newest");
        TopSample gone = new TopSample(0, PID, true, null, new TreeMap<>(), List.of(record(1)));
        TopView other = new TopView(Path.of("x.cnc"));
        other.add(gone);
        assertTrue(
                other.screen(WIDTH, HEIGHT).getLast().matches(".*:01\\.000 +1 .*"),
                () -> other.screen(WIDTH, HEIGHT).getLast());
        assertTrue(other.screen(WIDTH, HEIGHT).getFirst().contains("up unknown"));
    }
}
