package io.twinport.posix;

import static io.twinport.posix.Netlink.HEADER;
import static io.twinport.posix.Netlink.INT;
import static io.twinport.posix.Netlink.NLMSG_DONE;
import static io.twinport.posix.Netlink.NLMSG_ERROR;
import static io.twinport.posix.Netlink.NLM_F_REQUEST;
import static io.twinport.posix.Netlink.SHORT;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** A message to rtnetlink: the header, the structure after it, then attributes; and how it is sent and answered. */
final class NetlinkRequest {
    private static final int MOST_BYTES = 256;
    private static final int BUFFER_BYTES = 1 << 16;

    private static final MethodHandle SEND =
            Posix.function("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECV =
            Posix.function("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    /** Told each message of an answer. */
    @FunctionalInterface
    interface Listener {
        void onMessage(MemorySegment message);
    }

    private final String call;
    private final MemorySegment bytes;
    private int length;

    /**
     * @param arena which lives until it has been sent
     * @param call its name, for messages
     * @param flags beside that which makes it a request
     * @param fixed bytes of the structure after the header
     */
    NetlinkRequest(Arena arena, String call, short type, int flags, int fixed) {
        this.call = call;
        this.bytes = arena.allocate(MOST_BYTES, 8);
        this.length = HEADER + Netlink.align(fixed);
        bytes.set(JAVA_SHORT, 4, type);
        bytes.set(JAVA_SHORT, 6, (short) (NLM_F_REQUEST | flags));
    }

    /** Writes a number into the structure after the header. */
    NetlinkRequest number(int offset, int value) {
        bytes.set(JAVA_INT, HEADER + offset, value);
        return this;
    }

    NetlinkRequest attribute(short type, int value) {
        bytes.set(JAVA_INT, place(type, Integer.BYTES), value);
        return this;
    }

    NetlinkRequest attribute(short type, byte[] value) {
        MemorySegment.copy(value, 0, bytes, JAVA_BYTE, place(type, value.length), value.length);
        return this;
    }

    /** Text, with the zero that ends it. */
    NetlinkRequest attribute(short type, String text) {
        return attribute(type, (text + '\0').getBytes(StandardCharsets.UTF_8));
    }

    private long place(short type, int valueBytes) {
        long at = length;
        bytes.set(JAVA_SHORT, at, (short) (Integer.BYTES + valueBytes));
        bytes.set(JAVA_SHORT, at + 2, type);
        length += Netlink.align(Integer.BYTES + valueBytes);
        return at + Integer.BYTES;
    }

    /** Sends it by a socket at which somebody else listens. */
    void send(int socket) {
        bytes.set(JAVA_INT, 0, length);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Posix.newState(arena);
            check((long) SEND.invokeExact(state, socket, bytes, (long) length, 0), state, "send(" + call + ")");
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /**
     * Sends it, and listens until the kernel has said all: to the end of a list, or to its acknowledgement.
     *
     * @throws PosixException with the kernel's reason if it refuses
     */
    void exchange(Listener listener) {
        int socket = Netlink.socket();
        try (Arena arena = Arena.ofConfined()) {
            send(socket);
            MemorySegment state = Posix.newState(arena);
            MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
            boolean more = true;
            while (more) {
                long received = (long) RECV.invokeExact(state, socket, buffer, (long) BUFFER_BYTES, 0);
                check(received, state, "recv(" + call + ")");
                more = dispatch(buffer.asSlice(0, received), listener);
            }
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        } finally {
            Posix.close(socket);
        }
    }

    /** Sends it and waits for the kernel's acknowledgement. */
    void execute() {
        exchange(message -> {});
    }

    /** @return whether more is to come */
    private boolean dispatch(MemorySegment messages, Listener listener) {
        long at = 0;
        while (messages.byteSize() - at >= HEADER) {
            int bytesOfMessage = messages.get(INT, at);
            if (bytesOfMessage < HEADER || bytesOfMessage > messages.byteSize() - at) {
                return false;
            }
            MemorySegment message = messages.asSlice(at, bytesOfMessage);
            switch (message.get(SHORT, 4)) {
                case NLMSG_DONE -> {
                    return false;
                }
                case NLMSG_ERROR -> {
                    int errno = -message.get(INT, HEADER);
                    if (errno != 0) {
                        throw new PosixException(call, errno, "");
                    }
                    return false;
                }
                default -> listener.onMessage(message);
            }
            at += Netlink.align(bytesOfMessage);
        }
        return true;
    }

    private static void check(long result, MemorySegment state, String call) {
        if (result < 0) {
            throw new PosixException(call, Posix.errno(state), "");
        }
    }
}
