package io.twinport.control.host.probe;

import io.twinport.control.UserException;
import io.twinport.control.host.NicId;
import io.twinport.control.kernel.InterfaceUse;
import io.twinport.posix.Interfaces;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whether a VF may be probed: the host may be full of other people's guests. What looks as if somebody used it is refused, and so is
 * what cannot be told.
 */
final class SriovTarget {
    private static final String ELSEWHERE =
            ". Probe another one: a NIC of the same kind, driver and firmware tells the same.";

    private final Sysfs sysfs;
    private final HostCommands commands;
    private final InterfaceUse use;

    SriovTarget(Sysfs sysfs, HostCommands commands) {
        this.sysfs = sysfs;
        this.commands = commands;
        this.use = new InterfaceUse(sysfs.root().resolve("proc"));
    }

    /**
     * Checks everything before anything is changed.
     *
     * @param wire the interface that is to send
     * @param makesVf whether the VF is to be made
     * @throws UserException if it may not be probed
     */
    void check(String wire, boolean makesVf) {
        checkName("--pf", sysfs.pf());
        checkName("--from", wire);
        refuse(
                !sysfs.isPf(),
                sysfs.pf() + " has no VFs, and can have none: --pf names a PF's interface, see"
                        + " /sys/class/net/*/device/sriov_totalvfs.");
        refuse(
                wire.equals(sysfs.pf()),
                "--from " + wire + " is the PF itself: frames that it sends do not come back to"
                        + " it. Name an interface that reaches it by the wire, for instance the NIC's second port.");
        for (String each : List.of(sysfs.pf(), wire)) {
            refuse(!sysfs.isUp(each), each + " is down. Set it up: ip link set " + each + " up.");
        }
        uses(sysfs.pf()).ifPresent(uses -> {
            throw new UserException(
                    sysfs.pf() + " is in use: it " + uses + ". The probe would cut that off" + ELSEWHERE);
        });
        if (makesVf) {
            refuse(
                    sysfs.vfs() > 0,
                    sysfs.pf() + " has " + sysfs.vfs() + " VFs already. Without --make-vf one of these is"
                            + " probed.");
            refuse(
                    sysfs.vf() >= sysfs.mostVfs(),
                    "--vf " + sysfs.vf() + " is not possible: " + sysfs.pf() + " can have " + sysfs.mostVfs()
                            + " VFs, and the first is 0.");
        } else {
            checkVf(wire);
        }
    }

    private void checkName(String option, String netdev) {
        refuse(
                !Interfaces.isName(netdev) || !Files.exists(sysfs.netdev(netdev)),
                option + " " + netdev + ": there is no such interface. See: ip -brief link.");
    }

    private void checkVf(String wire) {
        String name = "VF " + sysfs.vf() + " of " + sysfs.pf();
        refuse(sysfs.vfs() == 0, sysfs.pf() + " has no VF now. To have one made, and taken away again: --make-vf.");
        refuse(!sysfs.hasVf(), "there is no " + name + ": it has " + sysfs.vfs() + ", and the first is 0.");
        String driver = sysfs.vfDriver();
        List<String> netdevs = sysfs.vfNetdevs();
        refuse(
                driver.equals(Sysfs.VFIO),
                name + " is bound to vfio-pci: a guest or a DPDK process has it, or will" + ELSEWHERE);
        refuse(
                !sysfs.override().isEmpty(),
                name + " is reserved for the driver " + sysfs.override() + " (driver_override)" + ELSEWHERE);
        refuse(
                !driver.isEmpty() && netdevs.isEmpty(),
                name + " has the driver " + driver + " and no interface here: that"
                        + " is in another network namespace, or somebody else's" + ELSEWHERE);
        for (String netdev : netdevs) {
            refuse(netdev.equals(wire), "--from " + wire + " is the VF that is to be probed.");
            Optional<String> uses = uses(netdev);
            refuse(uses.isPresent(), name + " is in use: " + netdev + " " + uses.orElse("") + ELSEWHERE);
            refuse(
                    sysfs.isUp(netdev),
                    name + " is in use: " + netdev + " is up. If nobody needs it: ip link set " + netdev + " down.");
        }
        String mac = assignedMac();
        refuse(
                mac == null,
                "ip -j link show dev " + sysfs.pf() + " does not tell the address of " + name + ", so it may be in use"
                        + ELSEWHERE);
        refuse(
                !isZero(String.valueOf(mac)),
                name + " has the address " + mac + ", which somebody has given it: a guest"
                        + " may be about to use it. If none is: ip link set " + sysfs.pf() + " vf " + sysfs.vf()
                        + " mac 00:00:00:00:00:00.");
    }

    private Optional<String> uses(String netdev) {
        List<InterfaceUse.Use> uses = use.of(sysfs.netdev(netdev));
        return uses.isEmpty() ? Optional.empty() : Optional.of(InterfaceUse.describe(uses));
    }

    /** The address that the PF has for the VF; null where it does not tell. */
    private @Nullable String assignedMac() {
        try {
            JsonNode links = JsonMapper.shared().readTree(commands.run("ip", "-j", "link", "show", "dev", sysfs.pf()));
            for (JsonNode vf : links.path(0).path("vfinfo_list")) {
                if (vf.path("vf").asInt(-1) == sysfs.vf()) {
                    // Until iproute2 5.1 it was "mac".
                    return vf.path("address").asString(vf.path("mac").asString(null));
                }
            }
            return null;
        } catch (JacksonException e) {
            return null;
        }
    }

    private static boolean isZero(String mac) {
        return mac.matches("[0:]+");
    }

    /** The version of the PF's firmware; empty where {@code ethtool} is not installed. */
    NicId nic() {
        String ethtool;
        try {
            ethtool = commands.run("ethtool", "-i", sysfs.pf());
        } catch (ProbeException e) {
            ethtool = "";
        }
        return sysfs.nic(ethtool);
    }

    private static void refuse(boolean isWrong, String why) {
        if (isWrong) {
            throw new UserException(why);
        }
    }
}
