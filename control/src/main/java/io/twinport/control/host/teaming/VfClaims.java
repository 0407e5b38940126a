package io.twinport.control.host.teaming;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** VFs of this host that one guest would get, each for one of its primaries. Those that others are promised it does not get. */
final class VfClaims {
    private final Set<String> promised;
    private final Set<String> claimed = new HashSet<>();

    /** @param promised to other guests, by their PCI addresses */
    VfClaims(Set<String> promised) {
        this.promised = promised;
    }

    boolean isPromised(String vf) {
        return promised.contains(vf);
    }

    /** Takes the first that nobody has, as libvirt does; empty where there is none. */
    Optional<String> claim(List<String> free) {
        Optional<String> vf = free.stream()
                .filter(each -> !isPromised(each) && !claimed.contains(each))
                .findFirst();
        vf.ifPresent(claimed::add);
        return vf;
    }

    Set<String> claimed() {
        return claimed;
    }
}
