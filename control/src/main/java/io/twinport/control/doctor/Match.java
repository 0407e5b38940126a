package io.twinport.control.doctor;

import java.util.List;
import java.util.stream.Stream;

/**
 * Which interfaces a service is to leave alone, for a line of its configuration. By their permanent addresses where they have
 * such: that holds for a primary too which is not there yet, whatever it will be called, and not for the port's own interface,
 * a VLAN or a bridge, which have the same address but not permanently.
 *
 * @param macs empty where only their names will do
 * @param names those that are there now
 */
record Match(List<String> macs, List<String> names) {
    /** The sides of ports. The kernel's failover device over them has their permanent address too, and is not meant. */
    static Match sides(List<Candidate> candidates) {
        boolean byMac =
                candidates.stream().allMatch(candidate -> candidate.failover().isEmpty() && isPermanent(candidate));
        return of(candidates, byMac, candidates.stream().flatMap(candidate -> candidate.sideNames().stream()));
    }

    /** All that twinport would take over: the kernel's failover devices too. */
    static Match all(List<Candidate> candidates) {
        return of(
                candidates,
                candidates.stream().allMatch(Match::isPermanent),
                candidates.stream()
                        .flatMap(candidate ->
                                Stream.concat(candidate.sideNames().stream(), candidate.failoverNames().stream())));
    }

    private static Match of(List<Candidate> candidates, boolean byMac, Stream<String> names) {
        return new Match(
                byMac ? candidates.stream().map(Candidate::mac).toList() : List.of(),
                names.sorted().distinct().toList());
    }

    private static boolean isPermanent(Candidate candidate) {
        return candidate.sides().stream().allMatch(Netdev::isPermanent);
    }

    boolean isByMac() {
        return !macs.isEmpty();
    }
}
