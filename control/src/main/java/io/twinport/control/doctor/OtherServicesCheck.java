package io.twinport.control.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Services that take addresses and that are not asked, because twinport does not know how. */
final class OtherServicesCheck implements Check {
    private static final String SUBJECT = "other services";

    /** Of SUSE, of embedded systems, of the initramfs. */
    private static final Set<String> MANAGERS = Set.of("wickedd", "connmand", "netifd", "nm-initrd");

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    public List<Finding> findings(Host host) {
        List<Candidate> candidates = ServiceCheck.candidates(host);
        if (candidates.isEmpty()) {
            return List.of(Finding.ok("services", "no interface here is a side of a port, so none was asked"));
        }
        String interfaces = String.join(", ", Match.all(candidates).names());
        List<Finding> found = new ArrayList<>();
        for (Processes.Running process : Processes.of(host)) {
            if (MANAGERS.contains(process.name())) {
                found.add(Finding.warning(
                        SUBJECT,
                        process.text() + " runs and was not asked: whether it takes " + interfaces
                                + " cannot be known here",
                        "have it leave them alone, as its documentation says"));
            }
        }
        return found;
    }
}
