package io.twinport.control.doctor;

import io.twinport.dpdk.DpdkException;
import io.twinport.dpdk.Eal;
import java.util.List;

/** The JDK and the release of DPDK. */
final class SoftwareCheck implements Check {
    @Override
    public String subject() {
        return "software";
    }

    @Override
    public List<Finding> findings(Host host) {
        return List.of(Finding.ok("JDK", Runtime.version().toString()), dpdk());
    }

    private static Finding dpdk() {
        try {
            return Finding.ok("DPDK", Eal.version().replace("DPDK ", ""));
        } catch (DpdkException e) {
            return Finding.problem("DPDK", String.valueOf(e.getMessage()), "sudo ./twinport setup");
        }
    }
}
