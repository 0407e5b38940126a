package io.twinport.dpdk;

import io.twinport.dpdk.v22_11.Dpdk;
import io.twinport.posix.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whose a DPDK port is ({@code rte_eth_dev_owner}): a port that belongs to a bond, to another failover port or to
 * anybody else in this process must be left alone by everybody else (R18). DPDK checks nothing of this by itself.
 */
public final class EthOwner {
    private static final int ID = Abi.offset("rte_eth_dev_owner", "id");
    private static final int NAME = Abi.offset("rte_eth_dev_owner", "name");
    private static final int NAME_LENGTH = (int) Abi.constant("RTE_ETH_MAX_OWNER_NAME_LEN");
    private static final long NOBODY = Abi.constant("RTE_ETH_DEV_NO_OWNER");
    private static final Map<String, EthOwner> OWNERS = new ConcurrentHashMap<>();

    private final String name;
    private final long id;

    private EthOwner(String name) {
        this.name = name;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(ValueLayout.JAVA_LONG);
            DpdkException.check(Dpdk.rte_eth_dev_owner_new(number), "rte_eth_dev_owner_new()", "");
            this.id = number.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /**
     * The owner of that name, the same one each time.
     *
     * @param name at most 63 bytes
     */
    public static EthOwner named(String name) {
        if (name.isEmpty() || name.length() >= NAME_LENGTH) {
            throw new IllegalArgumentException("'" + name + "' is no name for an owner");
        }
        return OWNERS.computeIfAbsent(name, EthOwner::new);
    }

    /**
     * Takes a port.
     *
     * @throws DpdkException if it belongs to somebody
     */
    public void take(EthDev dev) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment owner = arena.allocate(Abi.size("rte_eth_dev_owner"), Long.BYTES);
            owner.set(ValueLayout.JAVA_LONG, ID, id);
            owner.setString(NAME, name);
            int result = Dpdk.rte_eth_dev_owner_set((short) dev.port(), owner);
            if (result == -Errno.EPERM) {
                throw new DpdkException(dev + " belongs to " + of(dev) + ": take it out there first");
            }
            dev.check(result, "rte_eth_dev_owner_set", "");
        }
    }

    /** Gives a port back that this owner has taken. */
    public void release(EthDev dev) {
        dev.check(Dpdk.rte_eth_dev_owner_unset((short) dev.port(), id), "rte_eth_dev_owner_unset", "");
    }

    /** The name of a port's owner, empty if it has none. */
    public static String of(EthDev dev) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment owner = get(arena, dev);
            return owner.get(ValueLayout.JAVA_LONG, ID) == NOBODY ? "" : owner.getString(NAME);
        }
    }

    private static MemorySegment get(Arena arena, EthDev dev) {
        MemorySegment owner = arena.allocate(Abi.size("rte_eth_dev_owner"), Long.BYTES);
        dev.check(Dpdk.rte_eth_dev_owner_get((short) dev.port(), owner), "rte_eth_dev_owner_get", "");
        return owner;
    }
}
