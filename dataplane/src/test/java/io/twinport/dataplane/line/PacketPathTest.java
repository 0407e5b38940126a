package io.twinport.dataplane.line;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code packet-path.jit}: the JVM does not tell that it names what there is no more. */
class PacketPathTest {
    private static final String INLINE = "inline ";

    static Stream<String> inlined() throws IOException {
        return lines().stream().skip(1).map(line -> line.substring(INLINE.length()));
    }

    @Test
    void shouldSayNothingOnStandardOutput() throws IOException {
        assertEquals("quiet", lines().getFirst());
        assertTrue(lines().stream().skip(1).allMatch(line -> line.startsWith(INLINE)));
    }

    @ParameterizedTest
    @MethodSource("inlined")
    void shouldNameMethodsThatThereAre(String pattern) throws ClassNotFoundException {
        String[] parts = pattern.split("::");
        Class<?> owner = Class.forName(parts[0], false, getClass().getClassLoader());
        assertTrue(
                parts[1].equals("*")
                        || Arrays.stream(owner.getDeclaredMethods())
                                .anyMatch(method -> method.getName().equals(parts[1])),
                pattern);
    }

    private static List<String> lines() throws IOException {
        return Files.readAllLines(Path.of("packet-path.jit"));
    }
}
