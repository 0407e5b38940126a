package io.twinport.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twinport.dpdk.testing.Await;
import io.twinport.dpdk.testing.ChildJvm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** By a veth in a private namespace. */
class PacketSocketTest {
    private static final int TYPE = 0x88b6;
    private static final int OTHER_TYPE = 0x88b5;
    private static final int BYTES = 60;
    private static final int ROOM = 1 << 20;

    private PrivateNamespace namespace;

    @BeforeEach
    void makeNamespace() {
        try {
            namespace = new PrivateNamespace();
        } catch (PosixException e) {
            assumeTrue(false, "it takes root: " + e.getMessage());
            return;
        }
        run("ip", "link", "add", "name", "near", "type", "veth", "peer", "name", "far");
        run("ip", "link", "set", "near", "up");
        run("ip", "link", "set", "far", "up");
        try (PacketSocket near = open("near", ROOM);
                PacketSocket far = open("far", ROOM);
                Arena arena = Arena.ofConfined()) {
            awaitLink(near, far, arena);
        }
    }

    /** The kernel loses without a word what is sent before it has looked at the link. */
    private static void awaitLink(PacketSocket near, PacketSocket far, Arena arena) {
        MemorySegment buffer = arena.allocate(BYTES, 8);
        Await.until("frames pass", () -> near.send(frame(arena, TYPE, 0)) && far.receive(buffer) > 0);
        assertTrue(near.send(frame(arena, TYPE, 1)));
        // Behind those that were sent meanwhile.
        Await.until("the last has come", () -> far.receive(buffer) > 0 && buffer.get(ValueLayout.JAVA_BYTE, 14) == 1);
    }

    @AfterEach
    void leaveNamespace() {
        if (namespace != null) {
            namespace.close();
        }
    }

    private void run(String... command) {
        namespace.in(() -> {
            ChildJvm.Result result = ChildJvm.run(Arrays.asList(command));
            assertEquals(0, result.exitCode(), result::toString);
            return result;
        });
    }

    private PacketSocket open(String name, int room) {
        return namespace.in(() -> new PacketSocket(Interfaces.indexOf(name).orElseThrow(), TYPE, room));
    }

    private static MemorySegment frame(Arena arena, int type, int number) {
        MemorySegment frame = arena.allocate(BYTES, 8);
        frame.asSlice(0, 6).fill((byte) 2);
        frame.set(ValueLayout.JAVA_SHORT, 12, Short.reverseBytes((short) type));
        frame.set(ValueLayout.JAVA_BYTE, 14, (byte) number);
        return frame;
    }

    /** Waits for a frame; its number, or -1 if none comes. */
    private static int receive(PacketSocket socket, MemorySegment buffer, int limitMillis) {
        PollSet set = new PollSet(1);
        set.set(0, socket.descriptor());
        assertTrue(set.await(limitMillis) != 0 || limitMillis == 0);
        return socket.receive(buffer) == BYTES ? buffer.get(ValueLayout.JAVA_BYTE, 14) : -1;
    }

    @Test
    void shouldReceiveFramesOfItsTypeWithTheKernelsTimes() {
        try (PacketSocket near = open("near", ROOM);
                PacketSocket far = open("far", ROOM);
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(BYTES, 8);
            assertTrue(near.send(frame(arena, OTHER_TYPE, 1)));
            assertTrue(near.send(frame(arena, TYPE, 2)));
            assertTrue(near.send(frame(arena, TYPE, 3)));
            assertEquals(2, receive(far, buffer, 30_000));
            long first = far.nanos();
            assertEquals(3, receive(far, buffer, 30_000));
            assertTrue(first > 1_000_000_000_000_000_000L && far.nanos() >= first, () -> first + " " + far.nanos());
            assertEquals(-1, receive(far, buffer, 0));
            assertEquals(-1, receive(near, buffer, 0), "not what it has sent itself");
            assertEquals(0, far.dropped());
        }
    }

    @Test
    void shouldGoOnWhenItsInterfaceIsUpAgain() {
        try (PacketSocket near = open("near", ROOM);
                PacketSocket far = open("far", ROOM);
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(BYTES, 8);
            run("ip", "link", "set", "near", "down");
            run("ip", "link", "set", "far", "down");
            assertFalse(near.send(frame(arena, TYPE, 1)));
            assertEquals(0, far.receive(buffer), "that it is down is no end");
            run("ip", "link", "set", "near", "up");
            run("ip", "link", "set", "far", "up");
            awaitLink(near, far, arena);
            assertTrue(near.send(frame(arena, TYPE, 2)));
            assertEquals(2, receive(far, buffer, 30_000));
        }
    }

    @Test
    void shouldCountWhatItHadNoRoomFor() {
        try (PacketSocket near = open("near", ROOM);
                PacketSocket far = open("far", 1);
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(BYTES, 8);
            for (int i = 0; i < 100; i++) {
                assertTrue(near.send(frame(arena, TYPE, i)));
            }
            assertEquals(0, receive(far, buffer, 30_000));
            int received = 1;
            while (far.receive(buffer) > 0) {
                received++;
            }
            assertNotEquals(100, received);
            assertEquals(100 - received, far.dropped());
            assertEquals(0, far.dropped(), "since the last call");
        }
    }

    @Test
    void shouldSayThatThereIsNoSuchInterface() {
        PosixException refused =
                assertThrows(PosixException.class, () -> namespace.in(() -> new PacketSocket(9999, TYPE, ROOM)));
        assertEquals(Errno.ENODEV, refused.errno());
    }

    @Test
    void shouldBeInANamespaceThatNobodyElseIsIn() throws Exception {
        assertTrue(Interfaces.indexOf("near").isEmpty());
        assertNotEquals(Files.readSymbolicLink(Path.of("/proc/self/ns/net")), Files.readSymbolicLink(namespace.path()));
        assertThrows(
                IllegalStateException.class,
                () -> namespace.in(() -> {
                    throw new IllegalStateException("what is thrown there comes here");
                }));
    }
}
