package io.twinport.control.doctor;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What the process may do that not every process may; capabilities(7). */
final class Capabilities implements Check {
    static final int NET_ADMIN = 12;
    static final int IPC_LOCK = 14;
    static final int SYS_NICE = 23;

    private static final String SUBJECT = "capabilities";

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    public List<Finding> findings(Host host) {
        Set<Integer> mine = effective(host);
        List<Finding> found = new ArrayList<>();
        if (!mine.contains(NET_ADMIN)) {
            found.add(lacks("CAP_NET_ADMIN", "--handler tap:NAME cannot make the kernel's interface"));
        }
        if (!mine.contains(SYS_NICE)) {
            found.add(lacks(
                    "CAP_SYS_NICE",
                    "DPDK's event threads wait for others, and a link that goes down is noticed later"));
        }
        if (host.exists("/dev/vfio/vfio")
                && !host.path("/dev/vfio/vfio").toFile().canWrite()) {
            found.add(
                    Finding.problem(
                            SUBJECT,
                            "this user may not open /dev/vfio/vfio: PCI devices cannot be used",
                            "run twinport as root, or give its user the devices: a udev rule SUBSYSTEM==\"vfio\", OWNER=\"twinport\""));
        }
        return found.isEmpty() ? List.of(Finding.ok(SUBJECT, "all that are needed")) : found;
    }

    private static Finding lacks(String name, String consequence) {
        return Finding.warning(
                SUBJECT,
                name + " is missing: " + consequence,
                "run twinport as root, or with AmbientCapabilities=" + name + " in its systemd unit");
    }

    /** The numbers of those that count now. */
    static Set<Integer> effective(Host host) {
        String hex = host.text("/proc/self/status")
                .lines()
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> line.substring("CapEff:".length()).strip())
                .findFirst()
                .orElse("");
        long bits = hex.matches("\\p{XDigit}{1,16}") ? Long.parseUnsignedLong(hex, 16) : 0;
        return BitSet.valueOf(new long[] {bits}).stream().boxed().collect(Collectors.toSet());
    }
}
