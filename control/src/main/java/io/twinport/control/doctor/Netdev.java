package io.twinport.control.doctor;

import io.twinport.posix.SystemFiles;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A network interface of the kernel.
 *
 * @param mac as sysfs writes it; empty if there is none
 * @param isPermanent whether that is the device's own, which services can match too; a driver that was given none makes one up
 * @param master what the interface belongs to: a bridge, a bond, the kernel's failover device
 * @param above what lies on top of it without owning it: VLANs, macvlans
 */
record Netdev(String name, String mac, boolean isPermanent, Optional<String> master, List<String> above) {
    static final String FOLDER = "/sys/class/net/";

    /** {@code NET_ADDR_PERM} of linux/netdevice.h, as {@code addr_assign_type} has it. */
    private static final String PERMANENT = "0";

    private static final String ABOVE = "upper_";

    static Netdev of(Host host, String name) {
        String folder = FOLDER + name;
        Optional<String> master = host.targetName(folder + "/master");
        List<String> above = SystemFiles.names(host.path(folder)).stream()
                .filter(file -> file.startsWith(ABOVE))
                .map(file -> file.substring(ABOVE.length()))
                .filter(upper -> !Optional.of(upper).equals(master))
                .toList();
        return new Netdev(
                name,
                host.text(folder + "/address").toLowerCase(Locale.ROOT),
                host.text(folder + "/addr_assign_type").equals(PERMANENT),
                master,
                above);
    }
}
