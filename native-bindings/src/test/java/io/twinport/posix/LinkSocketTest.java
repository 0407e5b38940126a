package io.twinport.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinkSocketTest {
    /** All that are understood, and some that are not. */
    private static final byte[] TYPES = {2, 3, 15, 16, 17, 18, 20, 21, 36, 37, 80, 81, 99};

    private final List<String> told = new ArrayList<>();
    private final LinkSocket.Listener listener = new LinkSocket.Listener() {
        @Override
        public void onLink(KernelLink link) {
            told.add(link.name() + (link.isUsable() ? " up" : " down") + " mtu " + link.mtu());
        }

        @Override
        public void onGone(int index) {
            told.add("gone " + index);
        }

        @Override
        public void onAll() {
            told.add("all");
        }

        @Override
        public void onLost() {
            told.add("lost");
        }

        @Override
        public void onOther() {
            told.add("other");
        }
    };

    @Test
    void shouldTellAllInterfacesWhenAsked() {
        try (LinkSocket socket = new LinkSocket()) {
            socket.requestAll();
            for (int i = 0; i < 100 && !told.contains("all"); i++) {
                boolean unused = socket.receive(100, listener);
            }
        }
        assertTrue(told.contains("all"), told::toString);
        assertTrue(told.stream().anyMatch(link -> link.matches("lo (up|down) mtu \\d{4,}")), told::toString);
    }

    @Test
    void shouldTellOneInterfaceWhenAsked() {
        try (LinkSocket socket = new LinkSocket()) {
            socket.request(Interfaces.indexOf("lo").orElseThrow());
            assertTrue(socket.receive(0, listener), "the answer is there at once");
            assertTrue(told.getFirst().startsWith("lo "), told::toString);
            socket.request(Integer.MAX_VALUE);
            boolean unused = socket.receive(0, listener);
        }
        assertEquals(1, told.size(), told::toString);
    }

    /** A bridge's word on a port of its, in messages of the same type: that it leaves is not that it has gone. */
    @Test
    void shouldTellInterfacesThemselvesFromWhatOthersSayOfThem() {
        byte bridge = 7;
        try (Arena arena = Arena.ofConfined()) {
            for (byte family : new byte[] {0, bridge}) {
                MemorySegment message = arena.allocate(32, 4);
                message.set(JAVA_BYTE, 0, (byte) 32);
                message.set(JAVA_BYTE, 4, (byte) 17); // RTM_DELLINK
                message.set(JAVA_BYTE, 16, family);
                message.set(JAVA_BYTE, 20, (byte) 9);
                LinkSocket.dispatch(message, listener);
            }
        }
        assertEquals(List.of("gone 9", "other"), told);
    }

    /** The kernel cuts nothing short; whatever comes, nothing is read beyond its end. */
    @Test
    void shouldSurviveAnyBytes() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < 20_000; i++) {
                byte[] bytes = new byte[random.nextInt(96)];
                random.nextBytes(bytes);
                if (bytes.length >= 6) {
                    bytes[0] = (byte) random.nextInt(64);
                    bytes[1] = 0;
                    bytes[2] = 0;
                    bytes[3] = 0;
                    bytes[4] = TYPES[random.nextInt(TYPES.length)];
                    bytes[5] = 0;
                }
                MemorySegment messages =
                        arena.allocate(Math.max(1, bytes.length), 8).asSlice(0, bytes.length);
                MemorySegment.copy(bytes, 0, messages, JAVA_BYTE, 0, bytes.length);
                try {
                    LinkSocket.dispatch(messages, listener);
                } catch (RuntimeException e) {
                    throw new AssertionError("seed " + seed + ", step " + i, e);
                }
            }
        }
        assertEquals(0, told.stream().filter("lost"::equals).count());
    }
}
