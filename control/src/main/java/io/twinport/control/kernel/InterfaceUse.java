package io.twinport.control.kernel;

import static io.twinport.posix.SystemFiles.name;
import static io.twinport.posix.SystemFiles.names;
import static io.twinport.posix.SystemFiles.target;
import static io.twinport.posix.SystemFiles.text;

import io.twinport.dpdk.MacAddress;
import io.twinport.posix.Interfaces;
import io.twinport.posix.SystemFiles;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who else uses a kernel interface, as it is when asked: addresses, routes, a bridge or bond that it belongs to, what
 * is on top of it (VLAN, macvlan). What the kernel does by itself, IPv6's addresses and routes of link scope, is no use.
 */
public final class InterfaceUse {
    private static final String UPPER = "upper_";
    private static final String DEFAULT = "default";
    private static final String HAS_ADDRESS = "has the address ";

    /** A route to an address of this machine's own, or to an anycast one ({@code RTF_LOCAL | RTF_ANYCAST}). */
    private static final long OWN_ADDRESS = 0x8010_0000L;

    private final Path proc;

    public InterfaceUse(Path proc) {
        this.proc = proc;
    }

    /**
     * A use.
     *
     * @param text goes on after the interface's name: {@code has the default route}
     * @param end the command that ends it
     */
    public record Use(String text, String end) {}

    /**
     * All uses, the gravest first. Reads the machine's routes, of which it may have many.
     *
     * @param folder the interface's in sysfs
     */
    public List<Use> of(Path folder) {
        return of(folder, Optional.empty());
    }

    /** @param own an interface over it that is no use: the kernel's failover device over its standby */
    List<Use> of(Path folder, Optional<String> own) {
        String name = name(folder);
        List<Use> uses = new ArrayList<>(withoutRoutes(folder, own));
        List<String> routes =
                Stream.concat(ipv4Routes(name), ipv6Routes(name)).distinct().toList();
        boolean hasAddress = uses.stream().anyMatch(use -> use.text.startsWith(HAS_ADDRESS)); // and with it a route
        if (routes.contains(DEFAULT)) {
            uses.addFirst(new Use("has the default route", "ip route delete default dev " + name));
        } else if (!routes.isEmpty() && !hasAddress) {
            uses.add(new Use("has a route to " + String.join(", ", routes), "ip route flush dev " + name));
        }
        return uses;
    }

    /** Whether there is any, with no more work than that takes. */
    public boolean isAny(Path folder) {
        return !withoutRoutes(folder, Optional.empty()).isEmpty() || !of(folder).isEmpty();
    }

    /** Those that are not routes: for who looks often. */
    List<Use> withoutRoutes(Path folder, Optional<String> own) {
        String name = name(folder);
        List<Use> uses = new ArrayList<>();
        List<InetAddress> addresses = new InterfaceAddresses(() -> indexOf(folder), proc).configured();
        if (!addresses.isEmpty()) {
            String all = addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
            uses.add(new Use(HAS_ADDRESS + all, "ip address flush dev " + name));
        }
        Optional<String> master = target(folder.resolve("master")).map(SystemFiles::name);
        master.filter(each -> !own.equals(master))
                .ifPresent(each -> uses.add(new Use("belongs to " + each, "ip link set " + name + " nomaster")));
        List<String> uppers = names(folder).stream()
                .filter(file -> file.startsWith(UPPER))
                .map(file -> file.substring(UPPER.length()))
                .toList();
        uppers.stream()
                .filter(upper -> !master.equals(Optional.of(upper)))
                .forEach(upper -> uses.add(new Use("is below " + upper, "ip link delete " + upper)));
        if (uppers.isEmpty()) {
            // What is in another network namespace is not seen, but what it wants received is.
            indexOf(folder)
                    .ifPresent(index -> Interfaces.addressesBeside(index)
                            .forEach(mac -> uses.add(new Use(
                                    "is below a macvlan with the address " + new MacAddress(mac)
                                            + " in another network namespace",
                                    "ip -all netns exec ip -brief link, and delete it there"))));
        }
        return uses;
    }

    /** In words that go on after the interface's name. */
    public static String describe(List<Use> uses) {
        return uses.stream().map(Use::text).collect(Collectors.joining(", "));
    }

    /** The commands that end them, in one line. */
    public static String howToEnd(List<Use> uses) {
        return uses.stream().map(Use::end).collect(Collectors.joining("; "));
    }

    private static OptionalInt indexOf(Path folder) {
        String index = text(folder.resolve("ifindex"));
        return index.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(index));
    }

    /** Interface, destination, gateway, flags, three counts, mask: numbers in hexadecimal, addresses in the CPU's order. */
    private Stream<String> ipv4Routes(String name) {
        return lines("net/route")
                .filter(words -> words.length > 7 && words[0].equals(name))
                .map(words -> words[7].equals("00000000") ? DEFAULT : ipv4(words[1]) + "/" + bits(words[7]));
    }

    private static String ipv4(String hex) {
        int address = Integer.reverseBytes(Integer.parseUnsignedInt(hex, 16));
        return (address >>> 24) + "." + (address >>> 16 & 0xff) + "." + (address >>> 8 & 0xff) + "." + (address & 0xff);
    }

    private static int bits(String hex) {
        return Integer.bitCount(Integer.parseUnsignedInt(hex, 16));
    }

    /** Destination and its length, source and its length, next hop, metric, two counts, flags, interface. */
    private Stream<String> ipv6Routes(String name) {
        return lines("net/ipv6_route")
                .filter(words -> words.length > 9 && words[9].equals(name))
                .filter(words -> (Long.parseLong(words[8], 16) & OWN_ADDRESS) == 0)
                .filter(words -> !words[0].startsWith("fe80") && !words[0].startsWith("ff"))
                .map(words -> words[1].equals("00") ? DEFAULT : ipv6(words[0]) + "/" + Integer.parseInt(words[1], 16));
    }

    private static String ipv6(String hex) {
        return String.join(":", hex.split("(?<=\\G.{4})"));
    }

    private Stream<String[]> lines(String file) {
        return Arrays.stream(text(proc.resolve(file)).split("\n"))
                .map(line -> line.strip().split("\\s+"));
    }
}
