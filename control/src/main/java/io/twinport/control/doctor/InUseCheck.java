package io.twinport.control.doctor;

import io.twinport.control.doctor.Candidate.Likelihood;
import io.twinport.control.program.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What has the sides of a port now, whoever gave it: addresses, a bond, a bridge, VLANs, a DHCP client. */
final class InUseCheck implements Check {
    private static final String SUBJECT = "in use";
    private static final Set<String> DHCP_CLIENTS = Set.of("dhclient", "udhcpc", "busybox", "dhcp6c", "pump");
    private static final String OF_LINK = "link";

    @Override
    public String subject() {
        return SUBJECT;
    }

    @Override
    public List<Finding> findings(Host host) {
        List<Finding> found = new ArrayList<>();
        for (Candidate candidate : ServiceCheck.candidates(host)) {
            for (Netdev side : candidate.sides()) {
                users(host, candidate, side, found);
                if (candidate.likelihood() != Likelihood.POSSIBLE) {
                    clients(host, side, found);
                    addresses(host, side, found);
                }
            }
        }
        return found;
    }

    private static void users(Host host, Candidate candidate, Netdev side, List<Finding> found) {
        side.master()
                .filter(master -> candidate
                        .failover()
                        .filter(device -> device.name().equals(master))
                        .isEmpty())
                .ifPresent(master -> found.add(Finding.warning(
                        SUBJECT,
                        side.name() + " belongs to " + kind(host, master) + master
                                + ", which gets all frames that arrive there; twinport takes the whole device from it",
                        "take it out: ip link set " + side.name() + " nomaster (now), and in the configuration of "
                                + master + " (at each boot). What " + master
                                + " was for is for the port's own interface: --handler tap:NAME")));
        for (String above : side.above()) {
            found.add(Finding.warning(
                    SUBJECT,
                    above + " is on top of " + side.name() + ", and gets no more frames once twinport has that",
                    "make it on the port's own interface: --handler tap:NAME"));
        }
    }

    private static String kind(Host host, String master) {
        String folder = Netdev.FOLDER + master;
        return host.exists(folder + "/bonding") ? "the bond " : host.exists(folder + "/bridge") ? "the bridge " : "";
    }

    private static void clients(Host host, Netdev side, List<Finding> found) {
        Processes.of(host).stream()
                .filter(process -> DHCP_CLIENTS.contains(process.name())
                        && process.command().contains(side.name()))
                .forEach(process -> found.add(Finding.warning(
                        SUBJECT,
                        process.text() + " takes addresses on " + side.name(),
                        "end it, and see below who started it")));
    }

    private static void addresses(Host host, Netdev side, List<Finding> found) {
        Answer answer = host.programs().ask("ip", "-json", "address", "show", "dev", side.name());
        List<String> addresses = answer.isGood() ? addresses(answer.out()) : List.of();
        if (!addresses.isEmpty()) {
            found.add(Finding.warning(
                    SUBJECT,
                    side.name() + " has " + String.join(", ", addresses)
                            + ": with a second address for one MAC address nothing is reachable, and twinport takes no"
                            + " interface that has one",
                    "it belongs on the port's own interface (--handler tap:NAME). Once that has one, and nobody gives "
                            + side.name() + " another (below): ip address flush dev " + side.name()));
        }
    }

    /** All that somebody has given it: not the kernel's own, of IPv6's link scope. */
    private static List<String> addresses(String json) {
        List<String> addresses = new ArrayList<>();
        try {
            for (JsonNode link : JsonMapper.shared().readTree(json)) {
                for (JsonNode address : link.path("addr_info")) {
                    if (!address.path("scope").asString("").equals(OF_LINK)) {
                        addresses.add(address.path("local").asString("") + "/"
                                + address.path("prefixlen").asString(""));
                    }
                }
            }
        } catch (JacksonException e) {
            addresses.clear(); // an ip that knows no JSON
        }
        return addresses;
    }
}
