package io.twinport.control.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Devices that can make a failover port: two with one MAC address (R13), of which one is virtio's, and what that one offers. */
final class PairCheck implements Check {
    private static final String PAIR = "pair";
    private static final String STANDBY = "standby";

    @Override
    public List<Finding> findings(Host host) {
        List<Nic> nics = Nic.of(host);
        List<Finding> found = new ArrayList<>();
        Map<String, List<Nic>> byMac = byMac(nics);
        byMac.forEach((mac, same) -> {
            if (same.size() > 1) {
                found.add(pair(mac, same));
            }
        });
        if (found.isEmpty() && !nics.isEmpty()) {
            found.add(Finding.note(
                    PAIR,
                    "no two devices that the kernel drives have the same MAC address; those of lent devices cannot be seen",
                    "the same address for both in the hypervisor (libvirt: <teaming>); or twinport run --mac MAC"));
        }
        nics.stream().filter(Nic::isVirtio).forEach(nic -> found.add(standby(nic)));
        return found;
    }

    /** Of those whose address is known. */
    static Map<String, List<Nic>> byMac(List<Nic> nics) {
        Map<String, List<Nic>> byMac = new TreeMap<>();
        for (Nic nic : nics) {
            nic.mac()
                    .ifPresent(mac ->
                            byMac.computeIfAbsent(mac, key -> new ArrayList<>()).add(nic));
        }
        return byMac;
    }

    private static Finding pair(String mac, List<Nic> same) {
        List<Nic> standbys = same.stream().filter(Nic::isVirtio).toList();
        if (same.size() == 2 && standbys.size() == 1) {
            Nic standby = standbys.getFirst();
            Nic primary = same.getFirst().equals(standby) ? same.getLast() : same.getFirst();
            return Finding.ok(
                    PAIR, mac + ": twinport run --primary " + primary.address() + " --standby " + standby.address());
        }
        return Finding.warning(
                PAIR,
                mac + " is the address of "
                        + String.join(", ", same.stream().map(Nic::text).toList())
                        + ": a pair is one of virtio's and one other",
                "addresses that only the two sides of one port share");
    }

    private static Finding standby(Nic nic) {
        if (nic.isStandbyOfTheKernel()) {
            return Finding.warning(
                    STANDBY,
                    nic.text()
                            + ": the kernel's virtio_net has acknowledged VIRTIO_NET_F_STANDBY, and makes its own failover"
                            + " device of the pair",
                    "twinport run --bind --standby-driver twinport: our driver acknowledges it in the kernel's place;"
                            + " or --standby-driver kernel, which leaves the device to the kernel");
        }
        return nic.offersStandby()
                .map(offers -> offers ? offered(nic) : notOffered(nic))
                .orElseGet(() -> Finding.note(
                        STANDBY,
                        nic.text() + " does not say whether it offers VIRTIO_NET_F_STANDBY",
                        "run twinport doctor as root, if you have not"));
    }

    private static Finding offered(Nic nic) {
        return Finding.note(
                STANDBY,
                nic.text()
                        + " offers VIRTIO_NET_F_STANDBY, and nobody has acknowledged it: until then the hypervisor does"
                        + " not plug the primary in (Q8)",
                "twinport run --standby-driver twinport");
    }

    private static Finding notOffered(Nic nic) {
        return Finding.note(
                STANDBY,
                nic.text() + " does not offer VIRTIO_NET_F_STANDBY: the hypervisor does not unplug a primary for a"
                        + " migration by itself",
                "QEMU: failover=on on the virtio device, failover_pair_id=ID on the primary; libvirt: <teaming>");
    }
}
