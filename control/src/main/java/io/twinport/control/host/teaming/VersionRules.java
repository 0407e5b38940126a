package io.twinport.control.host.teaming;

import io.twinport.control.host.HostView;
import java.util.List;
import java.util.Optional;

/** L8, H10. The daemon itself is not asked: a hook of libvirt's must not call libvirt. */
final class VersionRules {
    private static final List<String> DAEMONS = List.of("virtqemud", "libvirtd");

    private static final int LIBVIRT = 6_001;

    /** The first with {@code <teaming>} in a {@code <hostdev>}. */
    private static final int LIBVIRT_HOSTDEV = 7_001;

    private static final int QEMU = 4_002;

    /** The first in which ACPI hotplug is q35's, and broken for failover. */
    private static final int QEMU_BROKEN = 6_001;

    private VersionRules() {}

    static void check(Domain domain, HostView host, Findings findings) {
        boolean hasHostdev = domain.transients().stream().anyMatch(nic -> !nic.isInterface());
        int least = hasHostdev ? LIBVIRT_HOSTDEV : LIBVIRT;
        Optional<Integer> libvirt = DAEMONS.stream()
                .flatMap(daemon -> host.version(daemon).stream())
                .findFirst();
        compare("libvirt", libvirt, least, findings);
        String arch = domain.machine().arch();
        Optional<Integer> qemu = host.version("qemu-system-" + (arch.matches("[a-z0-9_]{1,20}") ? arch : "x86_64"));
        compare("QEMU", qemu, QEMU, findings);
        if (qemu.filter(version -> version == QEMU_BROKEN).isPresent()) {
            findings.ofHost(Level.WARNING, "QEMU is 6.1", Rule.H10)
                    .add("its ACPI hotplug of q35 loses primaries; 6.2 mended it", "QEMU 6.2 or newer");
        }
    }

    private static void compare(String what, Optional<Integer> found, int least, Findings findings) {
        if (found.isEmpty()) {
            findings.ofHost(
                            Level.NOTE,
                            "the version of " + what + " cannot be told: it is not installed here",
                            Rule.H10)
                    .add("teaming needs " + text(least) + " or newer", "");
        } else if (found.get() < least) {
            findings.ofHost(Level.ERROR, what + " is " + text(found.get()), Rule.L8, Rule.H10)
                    .add("it knows no such teaming", what + " " + text(least) + " or newer");
        }
    }

    private static String text(int version) {
        return version / 1000 + "." + version % 1000;
    }
}
