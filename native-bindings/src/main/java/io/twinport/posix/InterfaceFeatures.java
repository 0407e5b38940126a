package io.twinport.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an interface does to frames beside passing them on, as {@code ethtool -k} shows and sets it. Of the network namespace of
 * the calling thread. To set one takes CAP_NET_ADMIN.
 */
public final class InterfaceFeatures {
    private static final long SIOCETHTOOL = 0x8946;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int IFREQ_BYTES = 40;

    /** Where a request holds what it is about. */
    static final int IFREQ_UNION = 16;

    // linux/ethtool.h
    private static final int ETHTOOL_GSTRINGS = 0x1b;
    private static final int ETHTOOL_GSSET_INFO = 0x37;
    private static final int ETHTOOL_GFEATURES = 0x3a;
    private static final int ETHTOOL_SFEATURES = 0x3b;
    private static final int ETH_SS_FEATURES = 4;
    private static final int ETH_GSTRING_LEN = 32;
    private static final int GET_BLOCK_BYTES = 16;
    private static final int SET_BLOCK_BYTES = 8;

    private static final MethodHandle IOCTL =
            Posix.variadic("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), 2);

    private InterfaceFeatures() {}

    /**
     * The features that can be switched, with the kernel's names of them ({@code rx-gro}), and whether they are on.
     *
     * @param index the interface's number; the call itself takes its name
     * @throws PosixException if it is not here, or has no features
     */
    public static Map<String, Boolean> of(int index) {
        String name = name(index);
        try (Arena arena = Arena.ofConfined()) {
            int count = featureCount(arena, name);
            MemorySegment names = featureNames(arena, name, count);
            MemorySegment states = arena.allocate(2L * Integer.BYTES + (long) blocks(count) * GET_BLOCK_BYTES, 8);
            states.set(JAVA_INT, 0, ETHTOOL_GFEATURES);
            states.set(JAVA_INT, Integer.BYTES, blocks(count));
            ethtool(arena, "ETHTOOL_GFEATURES", name, states);
            Map<String, Boolean> features = new LinkedHashMap<>();
            for (int i = 0; i < count; i++) {
                // available, requested, active, never changed
                long block = 2L * Integer.BYTES + (long) (i / Integer.SIZE) * GET_BLOCK_BYTES;
                int bit = 1 << i;
                boolean available = (states.get(JAVA_INT, block) & bit) != 0;
                boolean fixed = (states.get(JAVA_INT, block + 12) & bit) != 0;
                if (available && !fixed) {
                    features.put(featureName(names, i), (states.get(JAVA_INT, block + 8) & bit) != 0);
                }
            }
            return features;
        }
    }

    /**
     * Switches features; those that the interface does not have are passed over. The driver has the last word:
     * {@link #of} tells what came of it.
     *
     * @throws PosixException if the interface is not here
     */
    public static void set(int index, Map<String, Boolean> wanted) {
        String name = name(index);
        try (Arena arena = Arena.ofConfined()) {
            int count = featureCount(arena, name);
            MemorySegment names = featureNames(arena, name, count);
            MemorySegment change = arena.allocate(2L * Integer.BYTES + (long) blocks(count) * SET_BLOCK_BYTES, 8);
            change.set(JAVA_INT, 0, ETHTOOL_SFEATURES);
            change.set(JAVA_INT, Integer.BYTES, blocks(count));
            for (int i = 0; i < count; i++) {
                Boolean on = wanted.get(featureName(names, i));
                if (on != null) {
                    // valid, requested
                    long block = 2L * Integer.BYTES + (long) (i / Integer.SIZE) * SET_BLOCK_BYTES;
                    int bit = 1 << i;
                    change.set(JAVA_INT, block, change.get(JAVA_INT, block) | bit);
                    if (on) {
                        change.set(JAVA_INT, block + 4, change.get(JAVA_INT, block + 4) | bit);
                    }
                }
            }
            ethtool(arena, "ETHTOOL_SFEATURES", name, change);
        }
    }

    private static String name(int index) {
        return Interfaces.nameOf(index)
                .orElseThrow(() -> new PosixException("if_indextoname(" + index + ")", Errno.ENODEV, ""));
    }

    private static int featureCount(Arena arena, String name) {
        MemorySegment info = arena.allocate(24, 8);
        info.set(JAVA_INT, 0, ETHTOOL_GSSET_INFO);
        info.set(JAVA_LONG, 8, 1L << ETH_SS_FEATURES);
        ethtool(arena, "ETHTOOL_GSSET_INFO", name, info);
        return info.get(JAVA_INT, 16);
    }

    private static MemorySegment featureNames(Arena arena, String name, int count) {
        MemorySegment names = arena.allocate(12 + (long) count * ETH_GSTRING_LEN, 8);
        names.set(JAVA_INT, 0, ETHTOOL_GSTRINGS);
        names.set(JAVA_INT, 4, ETH_SS_FEATURES);
        names.set(JAVA_INT, 8, count);
        ethtool(arena, "ETHTOOL_GSTRINGS", name, names);
        return names.asSlice(12);
    }

    private static String featureName(MemorySegment names, int index) {
        return names.asSlice((long) index * ETH_GSTRING_LEN, ETH_GSTRING_LEN).getString(0);
    }

    private static int blocks(int count) {
        return (count + Integer.SIZE - 1) / Integer.SIZE;
    }

    private static void ethtool(Arena arena, String command, String name, MemorySegment data) {
        MemorySegment request = request(arena, name);
        request.set(ADDRESS, IFREQ_UNION, data);
        try {
            MemorySegment state = Posix.newState(arena);
            int socket = Posix.socket("AF_INET", AF_INET, SOCK_DGRAM);
            int result = (int) IOCTL.invokeExact(state, socket, SIOCETHTOOL, request);
            int errno = Posix.errno(state);
            Posix.close(socket);
            if (result < 0) {
                throw new PosixException("ioctl(SIOCETHTOOL " + command + ", " + name + ")", errno, "");
            }
        } catch (PosixException e) {
            throw e;
        } catch (Throwable e) {
            throw Posix.impossible(e);
        }
    }

    /** A request ({@code struct ifreq}) that names its interface. */
    static MemorySegment request(Arena arena, String name) {
        MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
        request.setString(0, name);
        return request;
    }
}
