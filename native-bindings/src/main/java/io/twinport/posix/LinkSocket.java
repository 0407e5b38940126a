package io.twinport.posix;

import static io.twinport.posix.Netlink.AF_NETLINK;
import static io.twinport.posix.Netlink.HEADER;
import static io.twinport.posix.Netlink.INT;
import static io.twinport.posix.Netlink.NLMSG_DONE;
import static io.twinport.posix.Netlink.NLM_F_DUMP;
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

/**
 * The kernel's word on its network interfaces (rtnetlink): all of them when asked, and each change as it happens. Of the
 * network namespace in which it was opened. For one thread.
 *
 * <pre>
 *   ifinfomsg 16       20      24      28     32   (after the header, linux/rtnetlink.h)
 *            +--------+-------+-------+------+-- attributes
 *            | family | index | flags |change|
 *            +--------+-------+-------+------+--
 * </pre>
 */
public final class LinkSocket implements AutoCloseable {
    /**
     * {@code RTNLGRP_LINK}, {@code _TC}, {@code _IPV4_IFADDR}, {@code _IPV6_IFADDR}, {@code _IPV6_IFINFO} (IPv6 has been
     * switched on or off) and {@code _IPV4_NETCONF} ({@code rp_filter}), a bit each.
     */
    private static final int GROUPS = 1 | 1 << 3 | 1 << 4 | 1 << 8 | 1 << 11 | 1 << 23;

    private static final short RTM_NEWLINK = 16;
    private static final short RTM_DELLINK = 17;
    private static final short RTM_GETLINK = 18;
    private static final short RTM_NEWADDR = 20;
    private static final short RTM_DELADDR = 21;
    private static final short RTM_NEWNETCONF = 80;
    private static final short RTM_DELNETCONF = 81;

    /** Of an interface itself. A bridge tells of its ports and IPv6 of what it does there in messages of the same type. */
    private static final byte AF_UNSPEC = 0;

    private static final int INFO = 16;
    private static final int SOCKADDR_BYTES = 12;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MSG_DONTWAIT = 0x40;
    private static final short POLLIN = 1;

    private static final MethodHandle BIND =
            Posix.function("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECV =
            Posix.function("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle POLL =
            Posix.function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    /** Told of interfaces. */
    public interface Listener {
        /** An interface is there, or has changed. */
        void onLink(KernelLink link);

        /** An interface has gone. */
        void onGone(int index);

        /** All that were asked for have been told. */
        void onAll();

        /** Changes were lost: all interfaces should be asked for again. */
        void onLost();

        /** Something else about interfaces has changed: an address, a queueing discipline, a setting of IP's, a bridge's port. */
        default void onOther() {}
    }

    private final int descriptor;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment state = Posix.newState(arena);
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES, 8);
    private final MemorySegment polled = arena.allocate(8, 4);

    public LinkSocket() {
        descriptor = Netlink.socket();
        try {
            MemorySegment address = arena.allocate(SOCKADDR_BYTES, 4);
            address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
            address.set(JAVA_INT, 8, GROUPS);
            int result = (int) BIND.invokeExact(state, descriptor, address, SOCKADDR_BYTES);
            if (result < 0) {
                throw new PosixException("bind(AF_NETLINK)", Posix.errno(state), "");
            }
        } catch (PosixException e) {
            close();
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
        polled.set(JAVA_INT, 0, descriptor);
        polled.set(JAVA_SHORT, 4, POLLIN);
    }

    /** Asks for all interfaces; they come by {@link #receive}. */
    public void requestAll() {
        request(NLM_F_DUMP, 0);
    }

    /**
     * Asks for one interface. If there is one the answer is there when this returns, to be had by {@link #receive}, behind
     * what the kernel has told before.
     */
    public void request(int index) {
        request(0, index);
    }

    private void request(int flags, int index) {
        try (Arena confined = Arena.ofConfined()) {
            new NetlinkRequest(confined, "RTM_GETLINK", RTM_GETLINK, flags, INFO)
                    .number(4, index)
                    .send(descriptor);
        }
    }

    /**
     * Waits for what the kernel tells, and passes it on.
     *
     * @param limitMillis at most so long
     * @return whether anything came
     */
    public boolean receive(int limitMillis, Listener listener) {
        try {
            if ((int) POLL.invokeExact(state, polled, 1L, limitMillis) <= 0) {
                return false;
            }
            long length = (long) RECV.invokeExact(state, descriptor, buffer, (long) BUFFER_BYTES, MSG_DONTWAIT);
            if (length < 0) {
                if (Posix.errno(state) == Errno.ENOBUFS) {
                    listener.onLost();
                }
                return false;
            }
            dispatch(buffer.asSlice(0, length), listener);
            return true;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** Decodes the messages of one datagram; what is cut short is left out. */
    static void dispatch(MemorySegment messages, Listener listener) {
        long at = 0;
        while (messages.byteSize() - at >= HEADER) {
            int length = messages.get(INT, at);
            if (length < HEADER || length > messages.byteSize() - at) {
                return;
            }
            tell(messages.asSlice(at, length), listener);
            at += Netlink.align(length);
        }
    }

    private static void tell(MemorySegment message, Listener listener) {
        boolean isWhole = message.byteSize() >= HEADER + INFO;
        boolean isOfLink = isWhole && message.get(JAVA_BYTE, HEADER) == AF_UNSPEC;
        switch (message.get(SHORT, 4)) {
            case RTM_NEWLINK -> {
                if (isOfLink) {
                    KernelLink.read(message).ifPresent(listener::onLink);
                } else {
                    listener.onOther();
                }
            }
            case RTM_DELLINK -> {
                if (isOfLink) {
                    listener.onGone(message.get(INT, HEADER + 4));
                } else {
                    listener.onOther();
                }
            }
            case NLMSG_DONE -> listener.onAll();
            case QueueDiscipline.RTM_NEWQDISC,
                    QueueDiscipline.RTM_DELQDISC,
                    RTM_NEWADDR,
                    RTM_DELADDR,
                    RTM_NEWNETCONF,
                    RTM_DELNETCONF -> listener.onOther();
            default -> {} // nobody has asked for it
        }
    }

    /** Nobody may receive any more. */
    @Override
    public void close() {
        Posix.close(descriptor);
        arena.close();
    }
}
