package io.twinport.posix;

import static io.twinport.posix.Netlink.HEADER;
import static io.twinport.posix.Netlink.INT;
import static io.twinport.posix.Netlink.NLM_F_ACK;
import static io.twinport.posix.Netlink.NLM_F_DUMP;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

    static final short RTM_NEWQDISC = 36;
    static final short RTM_DELQDISC = 37;
    private static final short RTM_GETQDISC = 38;
    private static final short NLM_F_CREATE_REPLACE = 0x500;
    private static final short TCA_KIND = 1;
    private static final int TC_H_ROOT = -1;
    private static final int INDEX = 4;
    private static final int HANDLE = 8;
    private static final int PARENT = 12;
    private static final int MESSAGE = 20;

    private QueueDiscipline() {}

    /**
     * The root discipline that somebody has given an interface; empty while it has the kernel's default.
     *
     * @param index of the interface
     */
    public static Optional<String> given(int index) {
        String[] kind = new String[1];
        try (Arena arena = Arena.ofConfined()) {
            request(arena, "RTM_GETQDISC", RTM_GETQDISC, NLM_F_DUMP, index).exchange(message -> {
                boolean isRoot = message.get(INT, HEADER + PARENT) == TC_H_ROOT;
                // The kernel's own have no handle.
                if (message.get(INT, HEADER + INDEX) == index && isRoot && message.get(INT, HEADER + HANDLE) != 0) {
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
            request(arena, "RTM_NEWQDISC", RTM_NEWQDISC, NLM_F_ACK | NLM_F_CREATE_REPLACE, index)
                    .attribute(TCA_KIND, BLACKHOLE)
                    .execute();
        }
    }

    /** Gives an interface the kernel's default discipline. */
    public static void putBackDefault(int index) {
        try (Arena arena = Arena.ofConfined()) {
            request(arena, "RTM_DELQDISC", RTM_DELQDISC, NLM_F_ACK, index).execute();
        }
    }

    private static NetlinkRequest request(Arena arena, String call, short type, int flags, int index) {
        return new NetlinkRequest(arena, call, type, flags, MESSAGE)
                .number(INDEX, index)
                .number(PARENT, TC_H_ROOT);
    }

    private static String kind(MemorySegment message) {
        return Netlink.attributes(message, HEADER + MESSAGE).stream()
                .filter(attribute -> attribute.type() == TCA_KIND)
                .map(Netlink.Attribute::text)
                .findFirst()
                .orElse("unknown");
    }
}
