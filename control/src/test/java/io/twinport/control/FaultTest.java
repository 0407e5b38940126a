package io.twinport.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinport.control.cli.Commands;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Command;

/** What nobody has thought of is said in one line, as what it is. */
class FaultTest {
    /** A command that does not end well. */
    @Command(name = "broken")
    private record Broken(Throwable end) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            if (end instanceof Error error) {
                throw error;
            }
            throw (Exception) end;
        }
    }

    private static String said(int code, Throwable end) {
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setErr(stream);
            assertEquals(code, Commands.execute(new Broken(end), "--"));
        } finally {
            System.setErr(err);
        }
        String said = printed.toString(StandardCharsets.UTF_8);
        assertEquals(1, said.lines().count(), said);
        assertTrue(said.startsWith("twinport: "), said);
        return said;
    }

    static Stream<Throwable> faults() {
        return Stream.of(
                new IllegalStateException("a\nb"),
                new NullPointerException(),
                new StackOverflowError(),
                new OutOfMemoryError("Java heap space"),
                new ArithmeticException("long overflow"),
                new AssertionError());
    }

    @ParameterizedTest
    @MethodSource("faults")
    void shouldBeSaidInOneLine(Throwable fault) {
        String said = said(1, fault);
        assertTrue(
                said.contains("an internal fault, and no mistake of yours: "
                        + fault.getClass().getName()),
                said);
        assertTrue(said.contains(" at io.twinport.control.FaultTest.faults"), said);
    }

    @Test
    void shouldNotBeWhereAFileOrAUserIsAtFault() {
        assertEquals("twinport: no room\n", said(1, new IOException("no room")));
        assertEquals(
                "twinport: permission denied\n", said(1, new UncheckedIOException(new AccessDeniedException("/x"))));
        assertEquals("twinport: mend it\n", said(2, new UserException("mend it")));
        assertTrue(said(1, new InternalError("a fault occurred in an unsafe memory access operation"))
                .contains("NAME.cnc"));
    }
}
