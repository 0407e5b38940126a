package io.twinport.posix;

import static io.twinport.posix.Netlink.HEADER;
import static io.twinport.posix.Netlink.INT;
import static io.twinport.posix.Netlink.NLMSG_DONE;
import static io.twinport.posix.Netlink.NLMSG_ERROR;
import static io.twinport.posix.Netlink.SHORT;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * What an interface does with frames that the kernel sends, before its driver gets them ({@code tc qdisc}, rtnetlink). A packet
 * socket with {@code PACKET_QDISC_BYPASS} is not asked. Of the network namespace of this process.
 *
 * <pre>
 *   tcmsg 16       20      24       28       32     36   (after the header, linux/rtnetlink.h)
 *        +--------+-------+--------+--------+------+-- attributes
 *        | family | index | handle | parent | info |
 *        +--------+-------+--------+--------+------+--
 * </pre>
 */
public final class QueueDiscipline {
    /** The kernel's name of the discipline that drops all (net/sched/sch_blackhole.c, in every kernel with tc). */
    public static final String BLACKHOLE = "blackhole";

    private static final short RTM_NEWQDISC = 36;
    private static final short RTM_DELQDISC = 37;
    private static final short RTM_GETQDISC = 38;
    private static final short NLM_F_REQUEST_ACK = 0x5;
    private static final short NLM_F_CREATE_REPLACE = 0x500;
    private static final short NLM_F_REQUEST_DUMP = 0x301;
    private static final short TCA_KIND = 1;
    private static final int TC_H_ROOT = -1;
    private static final int MESSAGE = 20;
    private static final int BUFFER_BYTES = 1 << 16;

    private static final MethodHandle SEND =
            Posix.function("send", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle RECV =
            Posix.function("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    private QueueDiscipline() {}

    /**
     * The root discipline that somebody has given an interface; empty while it has the kernel's default.
     *
     * @param index of the interface
     */
    public static Optional<String> given(int index) {
        String[] kind = new String[1];
        try (Arena arena = Arena.ofConfined()) {
            exchange(arena, request(arena, RTM_GETQDISC, NLM_F_REQUEST_DUMP, index, ""), "RTM_GETQDISC", message -> {
                boolean isRoot = message.get(INT, HEADER + 12) == TC_H_ROOT;
                // The kernel's own have no handle.
                if (message.get(INT, HEADER + 4) == index && isRoot && message.get(INT, HEADER + 8) != 0) {
                    kind[0] = kind(message);
                }
            });
        }
        return Optional.ofNullable(kind[0]);
    }

    /**
     * From now on nothing that the kernel sends by an interface leaves it.
     *
     * @throws PosixException if there is no right to (CAP_NET_ADMIN), or the kernel has no tc
     */
    public static void dropAll(int index) {
        try (Arena arena = Arena.ofConfined()) {
            short flags = NLM_F_REQUEST_ACK | NLM_F_CREATE_REPLACE;
            exchange(arena, request(arena, RTM_NEWQDISC, flags, index, BLACKHOLE), "RTM_NEWQDISC", message -> {});
        }
    }

    /** Gives an interface the kernel's default discipline. */
    public static void putBackDefault(int index) {
        try (Arena arena = Arena.ofConfined()) {
            exchange(arena, request(arena, RTM_DELQDISC, NLM_F_REQUEST_ACK, index, ""), "RTM_DELQDISC", message -> {});
        }
    }

    private interface Listener {
        void onDiscipline(MemorySegment message);
    }

    private static MemorySegment request(Arena arena, short type, short flags, int index, String kind) {
        int kindBytes = kind.isEmpty() ? 0 : Netlink.align(Integer.BYTES + kind.length() + 1);
        int length = HEADER + MESSAGE + kindBytes;
        MemorySegment request = arena.allocate(length, 4);
        request.set(JAVA_INT, 0, length);
        request.set(JAVA_SHORT, 4, type);
        request.set(JAVA_SHORT, 6, flags);
        request.set(JAVA_INT, HEADER + 4, index);
        request.set(JAVA_INT, HEADER + 12, TC_H_ROOT);
        if (!kind.isEmpty()) {
            request.set(JAVA_SHORT, HEADER + MESSAGE, (short) (Integer.BYTES + kind.length() + 1));
            request.set(JAVA_SHORT, HEADER + MESSAGE + 2, TCA_KIND);
            request.setString(HEADER + MESSAGE + 4L, kind);
        }
        return request;
    }

    /** Asks, and listens until the kernel has said all. */
    private static void exchange(Arena arena, MemorySegment request, String call, Listener listener) {
        int socket = Netlink.socket();
        MemorySegment state = Posix.newState(arena);
        try {
            check((long) SEND.invokeExact(state, socket, request, request.byteSize(), 0), state, "send(" + call + ")");
            MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
            boolean more = true;
            while (more) {
                long length = (long) RECV.invokeExact(state, socket, buffer, (long) BUFFER_BYTES, 0);
                check(length, state, "recv(" + call + ")");
                more = dispatch(buffer.asSlice(0, length), call, listener);
            }
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        } finally {
            Posix.close(socket);
        }
    }

    /** @return whether more is to come */
    private static boolean dispatch(MemorySegment messages, String call, Listener listener) {
        long at = 0;
        while (messages.byteSize() - at >= HEADER) {
            int length = messages.get(INT, at);
            if (length < HEADER || length > messages.byteSize() - at) {
                return false;
            }
            MemorySegment message = messages.asSlice(at, length);
            switch (message.get(SHORT, 4)) {
                case RTM_NEWQDISC -> listener.onDiscipline(message);
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
                default -> {} // nobody has asked for it
            }
            at += Netlink.align(length);
        }
        return true;
    }

    private static String kind(MemorySegment message) {
        return Netlink.attributes(message, HEADER + MESSAGE).stream()
                .filter(attribute -> attribute.type() == TCA_KIND)
                .map(Netlink.Attribute::text)
                .findFirst()
                .orElse("unknown");
    }

    private static void check(long result, MemorySegment state, String call) {
        if (result < 0) {
            throw new PosixException(call, Posix.errno(state), "");
        }
    }
}
