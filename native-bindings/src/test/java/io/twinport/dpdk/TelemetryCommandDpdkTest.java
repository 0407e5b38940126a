package io.twinport.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twinport.dpdk.testing.ChildJvm;
import io.twinport.dpdk.testing.TestEal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Commands that are asked by DPDK's own client. */
class TelemetryCommandDpdkTest {
    private static final int MOST_ENTRIES = 256;

    private final List<Throwable> errors = new ArrayList<>();

    @BeforeAll
    static void startEal() {
        TestEal.start();
    }

    @Test
    void shouldAnswerWithDictionariesInDictionaries() throws IOException, InterruptedException {
        register("/test/answer", (parameter, answer) -> {
            answer.put("parameter", parameter);
            TelemetryDict inner = answer.putDict("0/7");
            inner.put("large", Long.MAX_VALUE);
            inner.putDict("deep").put("text", "a \"quoted\" word");
            inner.put("after", 1);
        });
        assertEquals(
                List.of(
                        "{\"/test/answer\": {\"parameter\": \"\", \"0/7\": {\"large\": 9223372036854775807,"
                                + " \"deep\": {\"text\": \"a \\\"quoted\\\" word\"}, \"after\": 1}}}",
                        "{\"/test/answer\": {\"parameter\": \"wan\", \"0/7\": {\"large\": 9223372036854775807,"
                                + " \"deep\": {\"text\": \"a \\\"quoted\\\" word\"}, \"after\": 1}}}",
                        "{\"/help\": {\"/test/answer\": \"help for /test/answer\"}}"),
                ask("/test/answer", "/test/answer,wan", "/help,/test/answer"));
        assertEquals(List.of(), errors);
    }

    @Test
    void shouldAnswerNullAndLiveOnWhenAnswerThrows() throws IOException, InterruptedException {
        register("/test/throws", (parameter, answer) -> {
            answer.putDict("begun").put("and", "left");
            throw new IllegalStateException("of the answer");
        });
        register("/test/overflows", (parameter, answer) -> {
            for (int i = 0; i <= MOST_ENTRIES; i++) {
                answer.put("entry" + i, i);
            }
        });
        assertEquals(
                List.of("{\"/test/throws\": null}", "{\"/test/throws\": null}", "{\"/test/overflows\": null}"),
                ask("/test/throws", "/test/throws", "/test/overflows"));
        assertEquals(
                List.of("of the answer", "of the answer", "rte_tel_data_add_dict_u64(entry256)"),
                errors.stream()
                        .map(e -> String.valueOf(e.getMessage()).replaceFirst(" failed: .*", ""))
                        .toList());
    }

    @Test
    void shouldSayThatTheProcessEndsOnceItIsClosed() throws IOException, InterruptedException {
        TelemetryCommand command =
                register("/test/closed", (parameter, answer) -> answer.put("answered_by", "the first"));
        assertEquals(List.of("{\"/test/closed\": {\"answered_by\": \"the first\"}}"), ask("/test/closed"));
        command.close();
        assertEquals(List.of("{\"/test/closed\": {\"state\": \"ending\"}}"), ask("/test/closed"));

        register("/test/closed", (parameter, answer) -> answer.put("answered_by", "the second"));
        command.close();
        assertEquals(List.of("{\"/test/closed\": {\"answered_by\": \"the second\"}}"), ask("/test/closed"));
        assertEquals(List.of(), errors);
    }

    private TelemetryCommand register(String name, TelemetryCommand.Answer answer) {
        return TelemetryCommand.register(name, "help for " + name, answer, errors::add);
    }

    private static List<String> ask(String... commands) throws IOException, InterruptedException {
        String client = "dpdk-telemetry.py -f " + EalArguments.ownPrefix();
        return ChildJvm.run(List.of("sh", "-c", "printf '%s\\n' " + String.join(" ", commands) + " | " + client))
                .lines();
    }
}
