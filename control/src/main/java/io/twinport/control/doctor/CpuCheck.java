package io.twinport.control.doctor;

import io.twinport.posix.Affinity;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/** The CPUs: a poll loop takes all of one. */
final class CpuCheck implements Check {
    private static final String SUBJECT = "CPUs";
    private static final String CPU = "/sys/devices/system/cpu";

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    public List<Finding> findings(Host host) {
        SortedSet<Integer> mine = Affinity.ofThisProcess();
        int last = mine.last();
        List<Finding> found = new ArrayList<>();
        found.add(
                mine.size() > 1
                        ? Finding.ok(
                                SUBJECT,
                                mine.size() + " may be used; the poll loop takes " + last + " (-- -l N for another)")
                        : Finding.problem(
                                SUBJECT,
                                "only one may be used, and the poll loop takes all of it: interrupts of links would wait",
                                "two CPUs at least"));
        if (host.text(CPU + "/isolated").isEmpty()) {
            found.add(Finding.note(
                    SUBJECT,
                    "none is isolated: other processes take the CPU of the poll loop for milliseconds at a time",
                    "on the kernel's command line: isolcpus=" + last + " nohz_full=" + last + " rcu_nocbs=" + last));
        }
        String governor = host.text(CPU + "/cpu" + last + "/cpufreq/scaling_governor");
        if (!governor.isEmpty() && !governor.equals("performance")) {
            found.add(Finding.note(
                    SUBJECT,
                    "CPU " + last + " has the frequency governor " + governor,
                    "echo performance > " + CPU + "/cpu" + last + "/cpufreq/scaling_governor"));
        }
        return found;
    }
}
