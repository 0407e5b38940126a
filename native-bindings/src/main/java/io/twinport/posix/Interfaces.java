package io.twinport.posix;

import static io.twinport.posix.Netlink.HEADER;
import static io.twinport.posix.Netlink.INT;
import static io.twinport.posix.Netlink.NLM_F_ACK;
import static io.twinport.posix.Netlink.NLM_F_DUMP;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's network interfaces, of the network namespace of the calling thread. By their numbers: a name may be another
 * interface's a moment later, a number never is. To set something takes CAP_NET_ADMIN.
 */
public final class Interfaces {
    /** The interface is started (linux/if.h). */
    public static final int UP = 0x1;

    /** It resolves no addresses: it neither asks nor answers. */
    public static final int NO_ARP = 0x80;

    /** It receives all frames. */
    public static final int PROMISCUOUS = 0x100;

    /** It receives all multicast. */
    public static final int ALL_MULTICAST = 0x200;

    private static final short RTM_GETLINK = 18;
    private static final short RTM_SETLINK = 19;
    private static final short IFLA_ADDRESS = 1;
    private static final short IFLA_MTU = 4;
    private static final short IFLA_TARGET_NETNSID = 46;
    private static final int INDEX = 4;
    private static final int FLAGS = 8;
    private static final int CHANGE = 12;
    private static final int MESSAGE = 16;
    private static final int NAME_BYTES = 16;
    private static final short RTM_GETNEIGH = 30;
    private static final short NDA_LLADDR = 2;
    private static final int AF_BRIDGE = 7;
    private static final int NTF_SELF = 2;

    /** {@code ndmsg}, and where its flags are. */
    private static final int NEIGHBOR = 12;

    private static final int NEIGHBOR_FLAGS = 10;

    /** What sysctl means with them (net.ipv4.conf.all), and what the bonding driver has in /sys/class/net. */
    private static final Set<String> RESERVED = Set.of(".", "..", "all", "default", "bonding_masters");

    /** As the kernel has it (dev_valid_name), and a shell or DPDK's devargs do not take for something else. */
    private static final Pattern NAME = Pattern.compile("(?!-)[!-~&&[^/:%,=\\[\\]]]{1,15}");

    private static final MethodHandle INDEX_OF =
            Posix.function("if_nametoindex", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle NAME_OF =
            Posix.function("if_indextoname", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));

    private Interfaces() {}

    /** Whether an interface can be called so. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches() && !RESERVED.contains(text);
    }

    /** The number of the interface that has that name now; empty where there is none. */
    public static OptionalInt indexOf(String name) {
        try (Arena arena = Arena.ofConfined()) {
            int index = (int) INDEX_OF.invokeExact(Posix.newState(arena), arena.allocateFrom(name));
            return index == 0 ? OptionalInt.empty() : OptionalInt.of(index);
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** The present name of an interface; empty where it is not here, or not any more. */
    public static Optional<String> nameOf(int index) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(NAME_BYTES);
            MemorySegment result = (MemorySegment) NAME_OF.invokeExact(Posix.newState(arena), index, name);
            return result.address() == 0 ? Optional.empty() : Optional.of(name.getString(0));
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** An interface as it is now; empty where it is not here, or not any more. */
    public static Optional<KernelLink> link(int index) {
        return link(index, -1);
    }

    /**
     * An interface in another network namespace.
     *
     * @param namespace this namespace's number of it, as {@link KernelLink#otherNamespace} tells it; -1 for this one
     */
    static Optional<KernelLink> link(int index, int namespace) {
        @Nullable KernelLink[] link = new KernelLink[1];
        try (Arena arena = Arena.ofConfined()) {
            NetlinkRequest request =
                    new NetlinkRequest(arena, "RTM_GETLINK", RTM_GETLINK, NLM_F_ACK, MESSAGE).number(INDEX, index);
            if (namespace >= 0) {
                request.attribute(IFLA_TARGET_NETNSID, namespace);
            }
            request.exchange(message -> link[0] = KernelLink.read(message).orElse(null));
        } catch (PosixException e) {
            if (e.errno() != Errno.ENODEV) {
                throw e;
            }
        }
        return Optional.ofNullable(link[0]);
    }

    /**
     * Unicast addresses that an interface receives beside its own, for what is on top of it (a macvlan), in whichever network
     * namespace that is. As numbers, the first byte on the wire highest.
     */
    public static Set<Long> addressesBeside(int index) {
        Set<Long> addresses = new HashSet<>();
        try (Arena arena = Arena.ofConfined()) {
            // The family is the first byte of the structure.
            new NetlinkRequest(arena, "RTM_GETNEIGH", RTM_GETNEIGH, NLM_F_DUMP, MESSAGE)
                    .number(0, AF_BRIDGE)
                    .number(INDEX, index)
                    .exchange(message -> {
                        boolean isOwn = message.byteSize() >= HEADER + NEIGHBOR
                                && message.get(INT, HEADER + INDEX) == index
                                && (message.get(JAVA_BYTE, HEADER + NEIGHBOR_FLAGS) & NTF_SELF) != 0;
                        Netlink.attributes(message, HEADER + NEIGHBOR).stream()
                                .filter(attribute -> isOwn && attribute.type() == NDA_LLADDR)
                                .map(attribute -> KernelLink.mac(attribute.value()))
                                .filter(mac -> (mac >> 40 & 1) == 0)
                                .forEach(addresses::add);
                    });
        }
        link(index).ifPresent(own -> addresses.remove(own.mac()));
        return addresses;
    }

    /** @throws PosixException if it is not here any more, or does not take it */
    public static void setMtu(int index, int bytes) {
        try (Arena arena = Arena.ofConfined()) {
            change(arena, "MTU " + bytes, index).attribute(IFLA_MTU, bytes).execute();
        }
    }

    /**
     * @param mac six bytes in wire order
     * @throws PosixException if it is not here any more, or does not take it
     */
    public static void setMac(int index, byte[] mac) {
        try (Arena arena = Arena.ofConfined()) {
            change(arena, "address", index).attribute(IFLA_ADDRESS, mac).execute();
        }
    }

    /**
     * Sets or clears these flags, and leaves the others.
     *
     * @throws PosixException if it is not here any more
     */
    public static void setFlags(int index, int flags, boolean on) {
        try (Arena arena = Arena.ofConfined()) {
            change(arena, "flags", index)
                    .number(FLAGS, on ? flags : 0)
                    .number(CHANGE, flags)
                    .execute();
        }
    }

    private static NetlinkRequest change(Arena arena, String what, int index) {
        return new NetlinkRequest(arena, "RTM_SETLINK(" + index + ", " + what + ")", RTM_SETLINK, NLM_F_ACK, MESSAGE)
                .number(INDEX, index);
    }
}
