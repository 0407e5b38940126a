package io.twinport.control.doctor;

import io.twinport.dataplane.virtio.VirtioFeatures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What can be a port: the devices with one MAC address (R13). The primary is often not among them, since the hypervisor hides
 * it, plugs it in and pulls it out, and since a device that is lent to DPDK tells nobody its address.
 *
 * @param failover the kernel's own failover device over them: net_failover's, or Hyper-V's netvsc, if that is there
 */
record Candidate(String mac, List<Nic> nics, Optional<FailoverDevice> failover, Likelihood likelihood) {
    private static final String NETVSC = "hv_netvsc";

    /** How sure it is that this is a port's. */
    enum Likelihood {
        /** Both sides are seen, or the hypervisor says that there is a primary. */
        CERTAIN,
        /** It is alone, and the only one that a device can be a pair with whose address nobody knows. */
        LIKELY,
        /** It is a virtio device. */
        POSSIBLE
    }

    /**
     * A kernel interface under which it does the failover.
     *
     * @param isNetvsc whether the standby is Hyper-V's, which is no PCI device
     */
    record FailoverDevice(String name, boolean isNetvsc) {}

    /** All of a machine's, by MAC address. */
    static List<Candidate> of(Host host) {
        return of(host, Nic.of(host));
    }

    static List<Candidate> of(Host host, List<Nic> nics) {
        Map<String, List<Nic>> byMac = new TreeMap<>();
        for (Nic nic : nics) {
            nic.macs()
                    .forEach(mac ->
                            byMac.computeIfAbsent(mac, key -> new ArrayList<>()).add(nic));
        }
        Map<String, String> netvsc = netvsc(host);
        List<Candidate> found = new ArrayList<>();
        byMac.forEach((mac, same) -> {
            Optional<FailoverDevice> failover = Optional.ofNullable(netvsc.get(mac))
                    .map(name -> new FailoverDevice(name, true))
                    .or(() -> failoverDevice(same));
            Likelihood likelihood =
                    same.size() > 1 || failover.isPresent() ? Likelihood.CERTAIN : alone(same.getFirst(), nics);
            if (likelihood != Likelihood.POSSIBLE || same.getFirst().isVirtio()) {
                found.add(new Candidate(mac, same, failover, likelihood));
            }
        });
        return found;
    }

    private static Likelihood alone(Nic nic, List<Nic> nics) {
        if (nic.isVirtio() && nic.offers(VirtioFeatures.STANDBY).orElse(false)) {
            return Likelihood.CERTAIN;
        }
        boolean hasPartner = nics.stream().anyMatch(other -> other.isUnknown() && other.isVirtio() != nic.isVirtio());
        long rivals = nics.stream()
                .filter(other -> other.isVirtio() == nic.isVirtio() && !other.isUnknown())
                .count();
        return hasPartner && rivals == 1 ? Likelihood.LIKELY : Likelihood.POSSIBLE;
    }

    /** Hyper-V's interfaces by their addresses. */
    private static Map<String, String> netvsc(Host host) {
        return host.names(Netdev.FOLDER).stream()
                .filter(name -> host.targetName(Netdev.FOLDER + name + "/device/driver")
                        .filter(NETVSC::equals)
                        .isPresent())
                .collect(Collectors.toMap(name -> Netdev.of(host, name).mac(), name -> name, (first, next) -> first));
    }

    /** Of virtio's: the kernel gives it the same device as the standby below it (R2). */
    private static Optional<FailoverDevice> failoverDevice(List<Nic> nics) {
        Set<String> masters = nics.stream()
                .flatMap(nic -> nic.netdevs().stream())
                .flatMap(netdev -> netdev.master().stream())
                .collect(Collectors.toSet());
        return nics.stream()
                .filter(Nic::isVirtio)
                .flatMap(nic -> nic.netdevs().stream())
                .map(Netdev::name)
                .filter(masters::contains)
                .map(name -> new FailoverDevice(name, false))
                .findFirst();
    }

    /** The interfaces below a port, which nobody but the port is to use; not the kernel's failover device over them. */
    List<Netdev> sides() {
        return nics.stream()
                .flatMap(nic -> nic.netdevs().stream())
                .filter(netdev -> netdev.mac().equals(mac))
                .filter(netdev -> failover.filter(device -> device.name().equals(netdev.name()))
                        .isEmpty())
                .toList();
    }

    List<Nic> standbys() {
        return nics.stream().filter(Nic::isVirtio).toList();
    }

    List<Nic> primaries() {
        return nics.stream().filter(nic -> !nic.isVirtio()).toList();
    }

    /** Whether both sides are there, and no third device. */
    boolean isPair() {
        return standbys().size() == 1 && primaries().size() == 1;
    }

    List<String> sideNames() {
        return sides().stream().map(Netdev::name).toList();
    }

    /** The kernel's failover device, where twinport could take its place; Hyper-V's it could not. */
    List<String> failoverNames() {
        return failover.stream()
                .filter(device -> !device.isNetvsc())
                .map(FailoverDevice::name)
                .toList();
    }
}
