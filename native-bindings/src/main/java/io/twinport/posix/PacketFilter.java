package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which frames a packet socket takes: a program for the classic packet filter, which the kernel runs before it hands a frame to
 * the socket.
 *
 * <pre>
 *   sock_filter 0      2    3    4     8   (linux/filter.h)
 *              +------+----+----+-----+
 *              | code | jt | jf |  k  |    jt, jf: so many instructions are skipped if the comparison holds, or does not
 *              +------+----+----+-----+
 * </pre>
 */
final class PacketFilter {
    // Codes of instructions (linux/bpf_common.h): A is the accumulator, X the index register, M a word of scratch
    // memory.
    private static final int LOAD_LENGTH = 0x80;
    private static final int LOAD_HALF = 0x28;
    private static final int LOAD_BYTE = 0x30;
    private static final int LOAD_M = 0x60;
    private static final int STORE_M = 0x02;
    private static final int X_FROM_A = 0x07;
    private static final int ADD = 0x04;
    private static final int ADD_X = 0x0c;
    private static final int SUBTRACT = 0x14;
    private static final int AND = 0x54;
    private static final int SHIFT_LEFT = 0x64;
    private static final int SHIFT_RIGHT = 0x74;
    private static final int EQUALS = 0x15;
    private static final int EQUALS_X = 0x1d;
    private static final int EXCEEDS = 0x25;
    private static final int HAS_ANY = 0x45;
    private static final int RETURN = 0x06;

    private static final int WHOLE_FRAME = -1;
    private static final int NOTHING = 0;

    /** So much of a frame that it is there. */
    private static final int ANY = 1;

    private static final int ETHERTYPE = 12;
    private static final int ETHERNET_BYTES = 14;
    private static final int IPV4 = 0x0800;
    private static final int IPV4_BYTES = 20;
    private static final int IPV6 = 0x86dd;
    private static final int IPV6_BYTES = 40;
    private static final int TCP = 6;
    private static final int UDP = 17;

    private static final int INSTRUCTION_BYTES = 8;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;

    /** @param jt the label where it goes on if the comparison holds, {@code jf} if not; empty for the next instruction */
    private record Instruction(int code, String jt, String jf, int k) {}

    private final List<Instruction> program = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();

    private PacketFilter() {}

    /** Takes frames of at most so many bytes; a tag that the kernel has taken out does not count. */
    static PacketFilter upTo(int longest) {
        return new PacketFilter()
                .then(LOAD_LENGTH, 0)
                .compare(EXCEEDS, longest, "drop", "")
                .then(RETURN, WHOLE_FRAME)
                .label("drop")
                .then(RETURN, NOTHING);
    }

    /** Takes frames of one type; a VLAN's tag that the kernel has taken out does not count. */
    static PacketFilter ofEtherType(int type) {
        return new PacketFilter()
                .require(LOAD_HALF, ETHERTYPE, type, "drop")
                .then(RETURN, WHOLE_FRAME)
                .label("drop")
                .then(RETURN, NOTHING);
    }

    /**
     * Takes what {@link #upTo} does not: longer frames, and of an IPv4 datagram that is longer when its fragments are put
     * together the last one.
     */
    static PacketFilter longerThan(int longest) {
        return new PacketFilter()
                .then(LOAD_LENGTH, 0)
                .compare(EXCEEDS, longest, "take", "")
                .require(LOAD_HALF, ETHERTYPE, IPV4, "drop")
                .then(LOAD_HALF, ETHERNET_BYTES + 6)
                .compare(HAS_ANY, 0x2000, "drop", "") // more fragments follow
                .then(AND, 0x1fff)
                .compare(EQUALS, 0, "drop", "") // the datagram is in one piece
                .then(SHIFT_LEFT, 3)
                .then(X_FROM_A, 0)
                .then(LOAD_HALF, ETHERNET_BYTES + 2)
                .then(ADD_X, 0)
                .compare(EXCEEDS, longest - ETHERNET_BYTES, "take", "")
                .label("drop")
                .then(RETURN, NOTHING)
                .label("take")
                .then(RETURN, ANY);
    }

    /**
     * Takes frames of TCP and UDP in whose checksum only the sum of the addresses stands, as a sender leaves it that has a NIC
     * complete it (U5). Of those that are complete one in 65536 looks the same.
     */
    static PacketFilter unfinished(int longest) {
        return new PacketFilter()
                .then(LOAD_LENGTH, 0)
                .compare(EXCEEDS, longest, "drop", "")
                .takeUnfinished("1", true, TCP, 16)
                .takeUnfinished("2", true, UDP, 6)
                .takeUnfinished("3", false, TCP, 16)
                .takeUnfinished("4", false, UDP, 6)
                .label("drop")
                .then(RETURN, NOTHING);
    }

    /**
     * @param next the label of what follows
     * @param checksum where it is behind IP's header
     */
    private PacketFilter takeUnfinished(String next, boolean isIpv4, int protocol, int checksum) {
        require(LOAD_HALF, ETHERTYPE, isIpv4 ? IPV4 : IPV6, next);
        require(LOAD_BYTE, ETHERNET_BYTES + (isIpv4 ? 9 : 6), protocol, next);
        if (isIpv4) {
            require(LOAD_BYTE, ETHERNET_BYTES, 0x45, next); // others have options, which nobody sends
            then(LOAD_HALF, ETHERNET_BYTES + 6)
                    .then(AND, 0x3fff)
                    .compare(EQUALS, 0, "", next); // fragments have it once
            then(LOAD_HALF, ETHERNET_BYTES + 2).then(SUBTRACT, IPV4_BYTES);
        } else {
            then(LOAD_HALF, ETHERNET_BYTES + 4);
        }
        // A is the length of what follows IP's header.
        then(ADD, protocol).addHalves(ETHERNET_BYTES + (isIpv4 ? 12 : 8), isIpv4 ? 4 : 16);
        fold().fold().then(X_FROM_A, 0);
        then(LOAD_HALF, ETHERNET_BYTES + (isIpv4 ? IPV4_BYTES : IPV6_BYTES) + checksum);
        return compare(EQUALS_X, 0, "", next).then(RETURN, ANY).label(next);
    }

    private PacketFilter addHalves(int offset, int count) {
        for (int half = 0; half < count; half++) {
            then(X_FROM_A, 0).then(LOAD_HALF, offset + 2 * half).then(ADD_X, 0);
        }
        return this;
    }

    /** Adds what is above 16 bits of A to what is below. */
    private PacketFilter fold() {
        return then(STORE_M, 0)
                .then(SHIFT_RIGHT, 16)
                .then(X_FROM_A, 0)
                .then(LOAD_M, 0)
                .then(AND, 0xffff)
                .then(ADD_X, 0);
    }

    private PacketFilter then(int code, int k) {
        program.add(new Instruction(code, "", "", k));
        return this;
    }

    /** Compares A; an empty label is the next instruction. */
    private PacketFilter compare(int code, int k, String whenTrue, String whenFalse) {
        program.add(new Instruction(code, whenTrue, whenFalse, k));
        return this;
    }

    /** Goes on elsewhere unless the frame has that value there. */
    private PacketFilter require(int load, int offset, int value, String otherwise) {
        return then(load, offset).compare(EQUALS, value, "", otherwise);
    }

    private PacketFilter label(String name) {
        labels.put(name, program.size());
        return this;
    }

    /**
     * From now on a socket takes only such frames.
     *
     * @throws PosixException if the kernel does not take the program
     */
    void attach(int socket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocate((long) program.size() * INSTRUCTION_BYTES, 8);
            for (int i = 0; i < program.size(); i++) {
                Instruction each = program.get(i);
                MemorySegment at = code.asSlice((long) i * INSTRUCTION_BYTES, INSTRUCTION_BYTES);
                at.set(JAVA_SHORT, 0, (short) each.code());
                at.set(JAVA_BYTE, 2, skip(each.jt(), i));
                at.set(JAVA_BYTE, 3, skip(each.jf(), i));
                at.set(JAVA_INT, 4, each.k());
            }
            MemorySegment whole = arena.allocate(16, 8); // sock_fprog
            whole.set(JAVA_SHORT, 0, (short) program.size());
            whole.set(ADDRESS, 8, code);
            Posix.setOption(socket, SOL_SOCKET, SO_ATTACH_FILTER, whole, "SO_ATTACH_FILTER");
        }
    }

    private byte skip(String label, int from) {
        return label.isEmpty() ? 0 : (byte) (labels.getOrDefault(label, 0) - from - 1);
    }
}
