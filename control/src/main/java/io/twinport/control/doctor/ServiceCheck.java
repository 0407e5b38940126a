package io.twinport.control.doctor;

import java.util.List;

/** A service of the guest that could take an address on a side of a port. There is nothing to ask it where there is no such interface. */
abstract class ServiceCheck implements Check {
    @Override
    public final List<Finding> findings(Host host) {
        List<Candidate> candidates = candidates(host);
        return candidates.isEmpty() ? List.of() : findings(host, candidates);
    }

    /** Those that the kernel has an interface of. */
    static List<Candidate> candidates(Host host) {
        return Candidate.of(host).stream()
                .filter(candidate -> !candidate.sideNames().isEmpty()
                        || !candidate.failoverNames().isEmpty())
                .toList();
    }

    /** @param candidates one or more, each with an interface */
    abstract List<Finding> findings(Host host, List<Candidate> candidates);
}
