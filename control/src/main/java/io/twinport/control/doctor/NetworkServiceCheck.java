package io.twinport.control.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Services of the guest that would also take an address on one of a pair's interfaces: with two leases for one MAC address
 * nothing is reachable any more (the spec's section on the guest side; X4).
 */
final class NetworkServiceCheck implements Check {
    private static final String CLOUD_INIT_OFF = "/etc/cloud/cloud.cfg.d/99-twinport-no-network.cfg";
    private static final Pattern LEAVES_NETWORK =
            Pattern.compile("^network:\\s*(?:\\{\\s*|\\n\\s+)config:\\s*disabled", Pattern.MULTILINE);
    private static final String INTERFACES = "/etc/network/interfaces";

    @Override
    public List<Finding> findings(Host host) {
        TreeSet<String> interfaces = new TreeSet<>();
        PairCheck.byMac(Nic.of(host)).values().stream()
                .filter(same -> same.size() > 1)
                .forEach(same -> same.forEach(nic -> interfaces.addAll(nic.interfaces())));
        List<Finding> found = new ArrayList<>();
        if (!interfaces.isEmpty()) {
            networkManager(host, interfaces, found);
            networkd(host, interfaces, found);
            ifupdown(host, interfaces, found);
            cloudInit(host, found);
        }
        return found;
    }

    private static void networkManager(Host host, TreeSet<String> interfaces, List<Finding> found) {
        if (!host.exists("/run/NetworkManager")) {
            return;
        }
        NetworkManagerFiles files = new NetworkManagerFiles(host);
        List<String> managed =
                interfaces.stream().filter(name -> !files.leavesAlone(name)).toList();
        found.add(
                managed.isEmpty()
                        ? Finding.ok("NetworkManager", "leaves " + String.join(", ", interfaces) + " alone")
                        : Finding.warning(
                                "NetworkManager",
                                "takes addresses on " + String.join(", ", managed) + ", which belong to a pair",
                                "/etc/NetworkManager/conf.d/10-twinport.conf:\n[keyfile]\nunmanaged-devices+=interface-name:"
                                        + String.join(";interface-name:", managed)
                                        + "\nthen: nmcli general reload"));
    }

    private static void networkd(Host host, TreeSet<String> interfaces, List<Finding> found) {
        if (!host.exists("/run/systemd/netif")) {
            return;
        }
        NetworkdFiles files = new NetworkdFiles(host);
        List<String> managed = interfaces.stream()
                .filter(name -> files.firstThatManages(name).isPresent())
                .toList();
        found.add(
                managed.isEmpty()
                        ? Finding.ok("systemd-networkd", "leaves " + String.join(", ", interfaces) + " alone")
                        : Finding.warning(
                                "systemd-networkd",
                                "takes addresses on " + String.join(", ", managed) + ", which belong to a pair ("
                                        + files.firstThatManages(managed.getFirst())
                                                .orElse("") + ")",
                                "/etc/systemd/network/00-twinport.network:\n[Match]\nName=" + String.join(" ", managed)
                                        + "\n[Link]\nUnmanaged=yes\nthen: networkctl reload"));
    }

    private static void ifupdown(Host host, TreeSet<String> interfaces, List<Finding> found) {
        ifupdown(host, INTERFACES, interfaces, found);
        host.names(INTERFACES + ".d").forEach(name -> ifupdown(host, INTERFACES + ".d/" + name, interfaces, found));
    }

    private static void ifupdown(Host host, String file, TreeSet<String> interfaces, List<Finding> found) {
        for (String line : host.text(file).lines().toList()) {
            String[] words = line.strip().split("\\s+");
            if (words.length > 3
                    && words[0].equals("iface")
                    && interfaces.contains(words[1])
                    && !words[3].equals("manual")) {
                found.add(Finding.warning(
                        "ifupdown",
                        file + " has '" + line.strip() + "', and " + words[1] + " belongs to a pair",
                        "in " + file + ": iface " + words[1] + " " + words[2] + " manual"));
            }
        }
    }

    /** It writes the others' files at each boot. */
    private static void cloudInit(Host host, List<Finding> found) {
        boolean runs = host.exists("/etc/cloud/cloud.cfg") && !host.exists("/etc/cloud/cloud-init.disabled");
        boolean leavesNetwork = host.names("/etc/cloud/cloud.cfg.d").stream()
                .map(name -> host.text("/etc/cloud/cloud.cfg.d/" + name))
                .anyMatch(text -> LEAVES_NETWORK.matcher(text).find());
        if (runs && !leavesNetwork) {
            found.add(Finding.warning(
                    "cloud-init",
                    "it configures the network at each boot, by MAC address, which two of the interfaces share",
                    CLOUD_INIT_OFF + ":\nnetwork: {config: disabled}"));
        }
    }
}
