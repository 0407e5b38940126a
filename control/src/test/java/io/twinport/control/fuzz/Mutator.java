package io.twinport.control.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;

/** Makes inputs out of others and by the rules of what is read: what was sensible becomes nearly so. */
final class Mutator {
    private static final int MOST_CHANGES = 6;
    private static final int LONGEST = 1 << 17;
    private static final long[] NUMBERS = {
        0,
        1,
        -1,
        127,
        128,
        255,
        256,
        Short.MAX_VALUE,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        12_000_000
    };

    private final Random random;
    private final List<byte[]> corpus;
    private final Function<Random, Optional<byte[]>> draw;

    /** @param draw {@link FuzzTarget#draw} */
    Mutator(long seed, List<byte[]> corpus, Function<Random, Optional<byte[]>> draw) {
        this.random = new Random(seed);
        this.corpus = corpus;
        this.draw = draw;
    }

    /** Every second one is drawn, where the reader's inputs can be, and as it was drawn in half of the cases. */
    byte[] next() {
        Optional<byte[]> drawn = random.nextBoolean() ? draw.apply(random) : Optional.empty();
        byte[] input = drawn.orElseGet(this::any);
        int changes = drawn.isEmpty() ? 1 + random.nextInt(MOST_CHANGES) : random.nextBoolean() ? 1 : 0;
        for (int i = 0; i < changes; i++) {
            input = change(input);
        }
        return input.length > LONGEST ? Arrays.copyOf(input, LONGEST) : input;
    }

    private byte[] any() {
        return corpus.get(random.nextInt(corpus.size())).clone();
    }

    private int at(int bound) {
        return random.nextInt(bound + 1);
    }

    private byte[] change(byte[] input) {
        int from = at(input.length);
        int to = from + at(Math.min(input.length - from, random.nextBoolean() ? 8 : input.length));
        return switch (random.nextInt(8)) {
            case 0 -> Arrays.copyOf(input, from);
            case 1 -> join(input, from, new byte[0], to); // without a piece
            case 2 -> join(input, to, Arrays.copyOfRange(input, from, to), to); // a piece twice
            case 3 -> join(input, from, piece(any()), to); // a piece of another one
            case 4 -> join(input, from, randomBytes(), from);
            case 5 -> join(input, from, repeated(input, from, to), to);
            case 6 -> number(input, from);
            default -> flip(input);
        };
    }

    private static byte[] join(byte[] input, int end, byte[] middle, int begin) {
        byte[] joined = Arrays.copyOf(input, end + middle.length + input.length - begin);
        System.arraycopy(middle, 0, joined, end, middle.length);
        System.arraycopy(input, begin, joined, end + middle.length, input.length - begin);
        return joined;
    }

    private byte[] piece(byte[] other) {
        int from = at(other.length);
        return Arrays.copyOfRange(other, from, from + at(other.length - from));
    }

    private byte[] randomBytes() {
        byte[] bytes = new byte[1 + random.nextInt(8)];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] repeated(byte[] input, int from, int to) {
        int times = 1 << random.nextInt(10);
        byte[] piece = Arrays.copyOfRange(input, from, Math.min(to, from + 32));
        ByteBuffer all = ByteBuffer.allocate(piece.length * times);
        for (int i = 0; i < times; i++) {
            all.put(piece);
        }
        return all.array();
    }

    private byte[] number(byte[] input, int at) {
        int size = 1 << random.nextInt(4);
        int place = at / size * size; // mostly where such a number stands
        byte[] bytes = new byte[Long.BYTES];
        boolean little = random.nextBoolean();
        ByteBuffer.wrap(bytes)
                .order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN)
                .putLong(NUMBERS[random.nextInt(NUMBERS.length)]);
        byte[] number = little ? Arrays.copyOf(bytes, size) : Arrays.copyOfRange(bytes, Long.BYTES - size, Long.BYTES);
        return join(input, place, number, Math.min(input.length, place + size));
    }

    private byte[] flip(byte[] input) {
        if (input.length > 0) {
            input[random.nextInt(input.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return input;
    }
}
