package io.twinport.control.host.probe;

import io.twinport.control.host.NicId;
import io.twinport.control.host.NicVerdict;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a NIC: what it does to frames for a VF's address, by the standby's way; and by which way a guest with a standby
 * loses none.
 *
 * @param verdicts by the standby's way
 * @param use the way that loses no frame while there is a VF; null where each loses some. {@link Holder#FILTER}: the PF's unicast filter gets the address
 *     ({@code bridge fdb add MAC dev PF self}) before the VF does, and keeps it until the guest says that its VF is up
 * @param duplicates whether each frame arrives twice by that way while the VF is up, too
 */
public record FilterVerdict(
        NicId nic, Map<Holder, Verdict> verdicts, @Nullable Holder use, boolean duplicates, Instant measured) {
    /** Sooner those that take less from the host. */
    private static final List<Holder> PREFERRED = List.of(Holder.BRIDGE, Holder.FILTER, Holder.MACVLAN);

    public FilterVerdict {
        Objects.requireNonNull(nic, "a verdict has no nic");
        Objects.requireNonNull(verdicts, "a verdict has no verdicts");
        Objects.requireNonNull(measured, "a verdict does not say when it was measured");
    }

    static FilterVerdict of(NicId nic, List<Walk> walks, Instant measured) {
        Map<Holder, Verdict> verdicts = new EnumMap<>(Holder.class);
        walks.stream()
                .filter(walk -> PREFERRED.contains(walk.holder()))
                .forEach(walk -> verdicts.put(walk.holder(), walk.verdict()));
        Optional<Walk> best = PREFERRED.stream()
                .flatMap(holder -> walks.stream().filter(walk -> walk.holder() == holder))
                .filter(walk -> walk.lostWithVf() == 0)
                .findFirst();
        boolean duplicates = best.filter(walk -> walk.duplicated() > 0).isPresent();
        return new FilterVerdict(nic, verdicts, best.map(Walk::holder).orElse(null), duplicates, measured);
    }

    /** What it says of a standby behind a bridge: only where both ways of a bridge were measured it is known that each loses. */
    NicVerdict behindBridge() {
        if (use == Holder.BRIDGE) {
            return NicVerdict.LATE;
        }
        if (use == Holder.FILTER) {
            return NicVerdict.EARLY;
        }
        return verdicts.keySet().containsAll(List.of(Holder.BRIDGE, Holder.FILTER))
                ? NicVerdict.LOST
                : NicVerdict.UNKNOWN;
    }

    /** Likewise of one that is a macvlan. */
    NicVerdict behindMacvlan() {
        if (use == Holder.MACVLAN) {
            return NicVerdict.LATE;
        }
        return switch (verdicts.get(Holder.MACVLAN)) {
            case UNMOVED, MAKE_BEFORE_BREAK, DUPLICATE -> NicVerdict.LATE;
            case EARLY_STEAL, NOWHERE -> NicVerdict.LOST;
            case LATE, RESTORED -> NicVerdict.UNKNOWN;
            case null -> NicVerdict.UNKNOWN;
        };
    }

    /** What to do, in a sentence. */
    public String advice() {
        String twice = duplicates ? "; while both hold it, each frame arrives twice" : "";
        return switch (use) {
            case BRIDGE -> "a bridge over the PF loses nothing, and needs nothing more" + twice;
            case FILTER ->
                "give the address to the PF too (bridge fdb add MAC dev PF self) before the VF gets it, and take it away when"
                        + " the guest's VF is up" + twice;
            case MACVLAN -> "a macvlan over the PF loses nothing" + twice;
            case PF -> "the PF alone gets the frames" + twice;
            case null -> "each way loses frames while the VF comes or goes";
        };
    }
}
