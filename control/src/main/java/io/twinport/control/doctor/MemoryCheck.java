package io.twinport.control.doctor;

import io.twinport.control.plan.MbufNeeds;
import io.twinport.posix.HugePages;
import java.util.List;

/** Hugepages, and how much memory may be locked. */
final class MemoryCheck implements Check {
    private static final String PAGES = "/sys/kernel/mm/hugepages";
    private static final String SUBJECT = "hugepages";
    private static final String RESERVE = "echo 512 > " + PAGES + "/hugepages-2048kB/nr_hugepages (as root, now);"
            + " vm.nr_hugepages=512 in /etc/sysctl.d/10-twinport.conf (at each boot)";

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    public List<Finding> findings(Host host) {
        return List.of(pages(host), locked(host));
    }

    private static Finding pages(Host host) {
        if (host.names(PAGES).isEmpty()) {
            return Finding.problem(
                    SUBJECT,
                    "this kernel has none: PCI devices cannot be used, virtual ones only with '-- --no-huge'",
                    "a kernel with CONFIG_HUGETLBFS");
        }
        int free = HugePages.freeMegabytes(host.path(PAGES));
        int all = HugePages.reservedMegabytes(host.path(PAGES));
        String text = free + " MiB of " + all + " MiB are free";
        if (free >= MbufNeeds.LEAST_MEGABYTES) {
            return Finding.ok(SUBJECT, text);
        }
        return Finding.problem(
                SUBJECT,
                text + ", and a port takes " + MbufNeeds.LEAST_MEGABYTES
                        + " MiB: PCI devices cannot be used, virtual ones only with" + " '-- --no-huge'",
                RESERVE);
    }

    /** VFIO locks the memory that a device may write to. */
    private static Finding locked(Host host) {
        String limit = host.text("/proc/self/limits")
                .lines()
                .filter(line -> line.startsWith("Max locked memory"))
                .map(line -> line.replaceAll("\\s{2,}", " ").split(" "))
                .filter(words -> words.length > 3)
                .map(words -> words[3])
                .findFirst()
                .orElse("unlimited");
        boolean enough = limit.equals("unlimited")
                || number(limit) >= (long) MbufNeeds.LEAST_MEGABYTES << 20
                || Capabilities.effective(host).contains(Capabilities.IPC_LOCK);
        return enough
                ? Finding.ok("locked memory", "enough")
                : Finding.problem(
                        "locked memory",
                        "at most " + number(limit) / 1024 + " KiB, and VFIO locks what devices may write to",
                        "LimitMEMLOCK=infinity in the systemd unit, or '* - memlock unlimited' in"
                                + " /etc/security/limits.d/twinport.conf");
    }

    private static long number(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }
}
