package io.twinport.control.kernel;

import io.twinport.posix.InterfaceFeatures;
import io.twinport.posix.Interfaces;
import io.twinport.posix.KernelLink;
import io.twinport.posix.NetworkNamespaces;
import io.twinport.posix.PosixException;
import java.util.Map;
import java.util.Optional;

/**
 * The other end of a veth. What the kernel sends there comes out here unfinished: without the checksums that it leaves to a
 * NIC, and merged to up to 64 KiB, unless that is switched off there.
 *
 * @param index its number, in its network namespace
 * @param name its name, empty where it cannot be seen
 * @param isHere whether it is in this network namespace
 * @param namespace the name of another one that it is in, empty where that has none
 * @param leavesChecksums whether it leaves checksums to a NIC; empty where it cannot be seen
 */
public record OtherEnd(int index, String name, boolean isHere, String namespace, Optional<Boolean> leavesChecksums) {
    private static final String KIND = "veth";

    /** With it goes what needs it: merged frames, and those in several pieces. */
    static final String CHECKSUMS = "tx-checksum-ip-generic";

    /** Of an interface of this namespace; empty for all but veths. */
    public static Optional<OtherEnd> of(int index) {
        return Interfaces.link(index)
                .filter(link -> link.kind().equals(KIND) && link.other() != 0)
                .map(link -> link.otherNamespace() < 0 ? here(link.other()) : elsewhere(link));
    }

    private static OtherEnd here(int index) {
        return new OtherEnd(index, Interfaces.nameOf(index).orElse(""), true, "", leavesChecksums(index));
    }

    private static OtherEnd elsewhere(KernelLink link) {
        int index = link.other();
        String namespace = NetworkNamespaces.nameOf(link.otherNamespace()).orElse("");
        String name = "";
        Optional<Boolean> leaves = Optional.empty();
        try {
            name = NetworkNamespaces.link(link.otherNamespace(), index)
                    .map(KernelLink::name)
                    .orElse("");
            if (!namespace.isEmpty()) {
                leaves = NetworkNamespaces.in(namespace, () -> leavesChecksums(index));
            }
        } catch (PosixException e) {
            // There is no right to look there.
        }
        return new OtherEnd(index, name, false, namespace, leaves);
    }

    private static Optional<Boolean> leavesChecksums(int index) {
        try {
            Map<String, Boolean> features = InterfaceFeatures.of(index);
            return Optional.ofNullable(features.get(CHECKSUMS));
        } catch (PosixException e) {
            return Optional.empty(); // it has gone
        }
    }

    /** The command that has it complete its checksums and merge nothing. */
    public String command() {
        String there = isHere ? "" : "ip netns exec " + (namespace.isEmpty() ? "NAMESPACE" : namespace) + " ";
        return there + "ethtool -K " + (name.isEmpty() ? "INTERFACE" : name) + " tx off";
    }

    /** Its name, and where it is. */
    @Override
    public String toString() {
        String where = isHere
                ? ""
                : ", in " + (namespace.isEmpty() ? "another network namespace" : "the network namespace " + namespace);
        return "the other end" + (name.isEmpty() ? " (number " + index + where + ")" : " (" + name + where + ")");
    }
}
