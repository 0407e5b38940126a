package io.twinport.posix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the messages of rtnetlink have in common (linux/netlink.h, linux/rtnetlink.h): a header, a structure of fixed length
 * after it, and attributes to the end.
 *
 * <pre>
 *   nlmsghdr  0       4      6       8     12     16     rtattr  0        2      4
 *            +-------+------+-------+-----+------+              +--------+------+-------+-----------------+
 *            |length | type | flags | seq | pid  |              | length | type | value | to a multiple of 4
 *            +-------+------+-------+-----+------+              +--------+------+-------+-----------------+
 * </pre>
 */
final class Netlink {
    static final int HEADER = 16;
    static final short NLMSG_ERROR = 2;
    static final short NLMSG_DONE = 3;
    static final short NLM_F_REQUEST = 0x1;
    static final short NLM_F_ACK = 0x4;
    static final short NLM_F_DUMP = 0x300;

    static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;

    /** Of an attribute's type only these bits are its type; the others say how its value is written. */
    private static final int TYPE_MASK = 0x3fff;

    /** What the kernel sends is aligned; what is no message of its is read all the same. */
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private Netlink() {}

    /** A part of a message that says one thing. */
    record Attribute(short type, MemorySegment value) {
        /** The value as text, up to the zero that ends it, if there is one. */
        String text() {
            String all = new String(value.toArray(JAVA_BYTE), StandardCharsets.UTF_8);
            int end = all.indexOf(0);
            return end < 0 ? all : all.substring(0, end);
        }

        /** The value as a number; 0 where it is too short for one. */
        int number() {
            return value.byteSize() < Integer.BYTES ? 0 : value.get(INT, 0);
        }
    }

    /** A socket of rtnetlink's, in the network namespace of this thread. */
    static int socket() {
        return Posix.socket("AF_NETLINK", AF_NETLINK, SOCK_RAW);
    }

    /** The attributes from an offset on, up to where the message is cut short. */
    static List<Attribute> attributes(MemorySegment message, int offset) {
        List<Attribute> attributes = new ArrayList<>();
        long at = offset;
        while (message.byteSize() - at >= Integer.BYTES) {
            int length = message.get(SHORT, at) & 0xffff;
            if (length < Integer.BYTES || length > message.byteSize() - at) {
                break;
            }
            MemorySegment value = message.asSlice(at + Integer.BYTES, length - Integer.BYTES);
            attributes.add(new Attribute((short) (message.get(SHORT, at + 2) & TYPE_MASK), value));
            at += align(length);
        }
        return attributes;
    }

    /** Where that which follows so many bytes begins. */
    static int align(int length) {
        return length + 3 & ~3;
    }
}
