package io.twinport.control.doctor;

import java.util.List;

/** Hugepages, and how much memory may be locked. */
final class MemoryCheck implements Check {
    /** What {@code run} takes for a port with one or two queues. */
    private static final long NEEDED_MEGABYTES = 128;

    private static final String PAGES = "/sys/kernel/mm/hugepages";
    private static final String SUBJECT = "hugepages";
    private static final String RESERVE = "echo 512 > " + PAGES + "/hugepages-2048kB/nr_hugepages (as root, now);"
            + " vm.nr_hugepages=512 in /etc/sysctl.d/10-twinport.conf (at each boot)";

    @Override
    public List<Finding> findings(Host host) {
        return List.of(pages(host), locked(host));
    }

    private static Finding pages(Host host) {
        List<String> sizes = host.names(PAGES);
        if (sizes.isEmpty()) {
            return Finding.problem(
                    SUBJECT,
                    "this kernel has none: PCI devices cannot be used, virtual ones only with '-- --no-huge'",
                    "a kernel with CONFIG_HUGETLBFS");
        }
        long free = 0;
        long all = 0;
        for (String size : sizes) {
            long kilobytes = number(size.replaceAll("\\D", ""));
            free += number(host.text(PAGES + "/" + size + "/free_hugepages")) * kilobytes / 1024;
            all += number(host.text(PAGES + "/" + size + "/nr_hugepages")) * kilobytes / 1024;
        }
        String text = free + " MiB of " + all + " MiB are free";
        if (free >= NEEDED_MEGABYTES) {
            return Finding.ok(SUBJECT, text);
        }
        return Finding.problem(
                SUBJECT,
                text + ", and a port takes " + NEEDED_MEGABYTES
                        + " MiB: PCI devices cannot be used, virtual ones only with" + " '-- --no-huge'",
                RESERVE);
    }

    /** VFIO locks the memory that a device may write to. */
    private static Finding locked(Host host) {
        String limit = host.text("/proc/self/limits")
                .lines()
                .filter(line -> line.startsWith("Max locked memory"))
                .map(line -> line.replaceAll("\\s{2,}", " ").split(" ")[3])
                .findFirst()
                .orElse("unlimited");
        boolean enough = limit.equals("unlimited")
                || number(limit) >= NEEDED_MEGABYTES << 20
                || Capabilities.effective(host).contains(Capabilities.IPC_LOCK);
        return enough
                ? Finding.ok("locked memory", "as much as is needed")
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
