package io.twinport.control.fuzz;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Choices for inputs that are drawn; the same numbers make the same ones. */
public record Draw(Random random) {
    /** One of them. */
    public <T> T of(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** True once in so many times. */
    public boolean once(int in) {
        return random.nextInt(in) == 0;
    }

    /** From 0 to that one, which is possible too. */
    public int upTo(int most) {
        return random.nextInt(most + 1);
    }

    /** Up to so many of them, with repetitions, joined. */
    public String some(int most, List<String> values, String delimiter) {
        return IntStream.range(0, upTo(most)).mapToObj(_ -> of(values)).collect(Collectors.joining(delimiter));
    }
}
