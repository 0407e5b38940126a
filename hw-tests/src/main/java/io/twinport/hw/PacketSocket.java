package io.twinport.hw;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Numbered frames to and from an interface of Linux's, below its IP stack. One thread may send while another receives; it
 * lasts as long as its process.
 */
final class PacketSocket {
    static final int AF_PACKET = 17;
    static final int SOCK_RAW = 3;
    static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int BUFFER_BYTES = 8 << 20;
    private static final int RECEIVE_MICROS = 100_000;
    private static final int ADDRESS_BYTES = 20;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SOCKET = call("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle INDEX = call("if_nametoindex", ADDRESS);
    private static final MethodHandle BIND = call("bind", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SET = call("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SEND = call("send", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle RECEIVE = call("recv", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

    private final int descriptor;

    /**
     * Opens it on an interface that is there.
     *
     * @throws IllegalStateException if it is not, or this is not root
     */
    PacketSocket(String name) {
        short type = Short.reverseBytes((short) NumberedFrame.ETHER_TYPE);
        try (Arena arena = Arena.ofConfined()) {
            int index = (int) INDEX.invokeExact(arena.allocateFrom(name));
            // Of its own type only: a socket for all types would get what it sends as well.
            descriptor = (int) SOCKET.invokeExact(AF_PACKET, SOCK_RAW, (int) type & 0xffff);
            MemorySegment address = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
            address.set(JAVA_SHORT, 0, (short) AF_PACKET);
            address.set(JAVA_SHORT, 2, type);
            address.set(JAVA_INT, 4, index);
            if (index == 0 || descriptor < 0 || (int) BIND.invokeExact(descriptor, address, ADDRESS_BYTES) != 0) {
                throw new IllegalStateException("no packet socket on " + name + ": is it there, and is this root?");
            }
            MemorySegment time = arena.allocate(2 * Long.BYTES, Long.BYTES);
            time.set(JAVA_LONG, Long.BYTES, RECEIVE_MICROS);
            set(SO_RCVTIMEO, time);
            set(SO_RCVBUFFORCE, arena.allocateFrom(JAVA_INT, BUFFER_BYTES));
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Sends a frame; false if the kernel refuses it. */
    boolean send(MemorySegment frame) {
        try {
            return (int) SEND.invokeExact(descriptor, frame, frame.byteSize(), 0) >= 0;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Receives a frame; its length, or 0 if none has come for 100 ms. */
    int receive(MemorySegment frame) {
        try {
            return Math.max(0, (int) RECEIVE.invokeExact(descriptor, frame, frame.byteSize(), 0));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private void set(int option, MemorySegment value) throws Throwable {
        if ((int) SET.invokeExact(descriptor, SOL_SOCKET, option, value, (int) value.byteSize()) != 0) {
            throw new IllegalStateException("socket option " + option + " cannot be set");
        }
    }

    static MethodHandle call(String name, MemoryLayout... types) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, types));
    }
}
