package io.twinport.control.doctor;

import io.twinport.control.doctor.Candidate.Likelihood;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a service that was asked does with the interfaces of ports. None but the port may take an address there: with two leases
 * for one MAC address nothing is reachable any more (the spec's section on the guest side; X4).
 *
 * @param subject the service
 * @param asked the program that has answered for it
 * @param stands what it does with each interface that it knows
 * @param fix lines that have it leave alone what matches
 */
record ServiceReport(String subject, String asked, Map<String, Stand> stands, Function<Match, String> fix) {
    List<Finding> findings(List<Candidate> candidates) {
        List<Finding> found = new ArrayList<>();
        for (Likelihood likelihood : Likelihood.values()) {
            List<Candidate> concerned = unsettled(candidates, likelihood, Candidate::sideNames);
            if (!concerned.isEmpty()) {
                found.add(sides(likelihood, concerned));
            }
        }
        List<Candidate> kernels = unsettled(candidates, Likelihood.CERTAIN, Candidate::failoverNames);
        if (!kernels.isEmpty()) {
            found.add(Finding.note(
                    subject,
                    text(kernels, Candidate::failoverNames)
                            + ", and rightly while the kernel does the failover, but not once twinport does it",
                    "before twinport takes over, and not earlier:\n" + fix(kernels, Match.all(kernels))));
        }
        List<String> unknown = names(candidates, Candidate::sideNames).stream()
                .filter(name -> !stands.containsKey(name))
                .toList();
        if (!unknown.isEmpty()) {
            found.add(Finding.warning(
                    subject,
                    asked + " says nothing about " + String.join(", ", unknown)
                            + ": doctor cannot know whether it takes an address there",
                    fix(candidates, Match.sides(candidates))));
        }
        if (found.isEmpty()) {
            found.add(Finding.ok(
                    subject,
                    "leaves " + String.join(", ", names(candidates, Candidate::sideNames)) + " alone (" + asked + ")"));
        }
        return found;
    }

    private Finding sides(Likelihood likelihood, List<Candidate> concerned) {
        String taken = text(concerned, Candidate::sideNames);
        String lines = fix(concerned, Match.sides(concerned));
        return switch (likelihood) {
            case CERTAIN ->
                Finding.warning(subject, taken + ": the side of a port may have no address of its own", lines);
            case LIKELY ->
                Finding.warning(
                        subject,
                        taken + ". With a device that is lent that may be a pair, and its sides may have no address",
                        "if it is the side of a port:\n" + lines);
            case POSSIBLE ->
                Finding.note(
                        subject,
                        taken
                                + ". No primary for it can be seen; if there is to be one, its standby may have no address",
                        "if it is a standby:\n" + lines);
        };
    }

    /** A primary that is hidden, unplugged or lent has no name yet. */
    private String fix(List<Candidate> candidates, Match match) {
        String lines = fix.apply(match);
        boolean missesOne = candidates.stream()
                .anyMatch(candidate -> candidate.primaries().isEmpty() && !lines.contains(candidate.mac()));
        return missesOne
                ? "for the present sides; run twinport doctor again once the primary is here:\n" + lines
                : lines;
    }

    /** Those with an interface that the service takes, or leaves alone for now only. */
    private List<Candidate> unsettled(
            List<Candidate> candidates, Likelihood likelihood, Function<Candidate, List<String>> which) {
        return candidates.stream()
                .filter(candidate -> candidate.likelihood() == likelihood)
                .filter(candidate -> which.apply(candidate).stream().anyMatch(this::isUnsettled))
                .toList();
    }

    private boolean isUnsettled(String name) {
        return Optional.ofNullable(stands.get(name))
                .filter(stand -> !stand.isSettled())
                .isPresent();
    }

    private String text(List<Candidate> candidates, Function<Candidate, List<String>> which) {
        List<String> taken = new ArrayList<>();
        List<String> left = new ArrayList<>();
        for (String name : names(candidates, which)) {
            Stand stand = stands.get(name);
            if (stand != null && !stand.isSettled()) {
                (stand.isLeft() ? left : taken).add(name + (stand.why().isEmpty() ? "" : " (" + stand.why() + ")"));
            }
        }
        List<String> parts = new ArrayList<>();
        if (!taken.isEmpty()) {
            parts.add("takes " + String.join(", ", taken));
        }
        if (!left.isEmpty()) {
            parts.add("leaves " + String.join(", ", left) + " alone, but only for now");
        }
        return String.join("; ", parts);
    }

    private static List<String> names(List<Candidate> candidates, Function<Candidate, List<String>> which) {
        return candidates.stream()
                .flatMap(candidate -> which.apply(candidate).stream())
                .sorted()
                .distinct()
                .toList();
    }
}
