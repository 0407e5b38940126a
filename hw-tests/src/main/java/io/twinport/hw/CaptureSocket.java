package io.twinport.hw;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.Map;

/**
 * Sees the ICMP frames of a network namespace at each interface that they pass, in both directions ({@code packet(7)}). One thread, which
 * is in that namespace; it lasts as long as its process.
 */
final class CaptureSocket {
    private static final short ALL_BIG_ENDIAN = 0x0300;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int RECEIVE_MICROS = 100_000;
    private static final int BUFFER_BYTES = 32 << 20;
    private static final int ADDRESS_BYTES = 20; // sockaddr_ll
    private static final int INDEX = 4;
    private static final int PACKET_TYPE = 10;
    private static final byte OUTGOING = 4;
    private static final int NAME_BYTES = 16;

    /** ldh [12]; jeq 0x800 else 3; ldb [23]; jeq 1 else 1; ret all; ret none. */
    private static final long[] ICMP = {
        instruction(0x28, 0, 0, 12),
        instruction(0x15, 0, 3, 0x800),
        instruction(0x30, 0, 0, 23),
        instruction(0x15, 0, 1, 1),
        instruction(0x06, 0, 0, 0xffff),
        instruction(0x06, 0, 0, 0)
    };

    private static final MethodHandle SOCKET = PacketSocket.call("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = PacketSocket.call("bind", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SET =
            PacketSocket.call("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle RECEIVE =
            PacketSocket.call("recvfrom", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle NAME = PacketSocket.call("if_indextoname", JAVA_INT, ADDRESS);

    private final int descriptor;
    private final MemorySegment address = Arena.ofAuto().allocate(ADDRESS_BYTES, Integer.BYTES);
    private final MemorySegment length = Arena.ofAuto().allocate(JAVA_INT);
    private final Map<Integer, String> names = new HashMap<>();

    /**
     * Opens it in the calling thread's namespace.
     *
     * @throws IllegalStateException if this is not root
     */
    CaptureSocket() {
        try (Arena arena = Arena.ofConfined()) {
            // Of no type until the filter is there.
            descriptor = (int) SOCKET.invokeExact(PacketSocket.AF_PACKET, PacketSocket.SOCK_RAW, 0);
            MemorySegment filter = arena.allocateFrom(JAVA_LONG, ICMP);
            MemorySegment program = arena.allocate(16, 8);
            program.set(JAVA_SHORT, 0, (short) ICMP.length);
            program.set(ADDRESS, 8, filter);
            set(SO_ATTACH_FILTER, program);
            MemorySegment time = arena.allocate(2 * Long.BYTES, Long.BYTES);
            time.set(JAVA_LONG, Long.BYTES, RECEIVE_MICROS);
            set(SO_RCVTIMEO, time);
            set(SO_RCVBUFFORCE, arena.allocateFrom(JAVA_INT, BUFFER_BYTES));
            address.set(JAVA_SHORT, 0, (short) PacketSocket.AF_PACKET);
            address.set(JAVA_SHORT, 2, ALL_BIG_ENDIAN);
            if ((int) BIND.invokeExact(descriptor, address, ADDRESS_BYTES) != 0) {
                throw new IllegalStateException("no packet socket: is this root?");
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** An instruction of a filter: code, jumps, value; as memory has it, little-endian. */
    private static long instruction(int code, int ifTrue, int ifFalse, int value) {
        return code | (long) ifTrue << 16 | (long) ifFalse << 24 | (long) value << 32;
    }

    private void set(int option, MemorySegment value) throws Throwable {
        int bytes = (int) value.byteSize();
        if ((int) SET.invokeExact(descriptor, PacketSocket.SOL_SOCKET, option, value, bytes) != 0) {
            throw new IllegalStateException("socket option " + option + " cannot be set");
        }
    }

    /** Receives a frame; its length, or 0 if none has come for 100 ms. */
    int receive(MemorySegment frame) {
        try {
            length.set(JAVA_INT, 0, ADDRESS_BYTES);
            return Math.max(0, (int) RECEIVE.invokeExact(descriptor, frame, frame.byteSize(), 0, address, length));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Where the last frame has passed; empty if the interface had gone before it was looked at. */
    String netdev() {
        return names.computeIfAbsent(address.get(JAVA_INT, INDEX), CaptureSocket::name);
    }

    /** Whether the last frame went out there. */
    boolean isOutgoing() {
        return address.get(JAVA_BYTE, PACKET_TYPE) == OUTGOING;
    }

    private static String name(int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(NAME_BYTES);
            // The pointer that it returns is this one or null: as an int its lower half tells nothing, so the text
            // does.
            int ignored = (int) NAME.invokeExact(index, name);
            return name.getString(0);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
