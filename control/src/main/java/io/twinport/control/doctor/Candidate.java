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
 * @param isCertain whether it is a port's for all that can be seen; else it is a virtio device that may be a standby
 */
record Candidate(String mac, List<Nic> nics, Optional<FailoverDevice> failover, boolean isCertain) {
    private static final String NETVSC = "hv_netvsc";

    /**
     * An interface of the kernel's under which it does the failover.
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
            boolean isCertain = same.size() > 1 || failover.isPresent() || hasPartnerElsewhere(same.getFirst(), nics);
            if (isCertain || same.getFirst().isVirtio()) {
                found.add(new Candidate(mac, same, failover, isCertain));
            }
        });
        return found;
    }

    /** Whether the hypervisor says that there is a primary, or a device without a known address can be the other side. */
    private static boolean hasPartnerElsewhere(Nic nic, List<Nic> nics) {
        return nic.isVirtio() && nic.offers(VirtioFeatures.STANDBY).orElse(false)
                || nics.stream().anyMatch(other -> other.isUnknown() && other.isVirtio() != nic.isVirtio());
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
