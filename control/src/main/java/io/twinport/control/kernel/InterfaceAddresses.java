package io.twinport.control.kernel;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The addresses of an interface of the kernel's, as they are when asked for. */
public final class InterfaceAddresses {
    /** {@code IFA_F_DADFAILED | IFA_F_TENTATIVE} (linux/if_addr.h): not the interface's, or not yet. */
    private static final int NOT_OWN = 0x08 | 0x40;

    private final Supplier<String> name;
    private final Path proc;

    /** @param name its present one, which its user may change */
    public InterfaceAddresses(Supplier<String> name) {
        this(name, Path.of("/proc"));
    }

    InterfaceAddresses(Supplier<String> name, Path proc) {
        this.name = name;
        this.proc = proc;
    }

    /** All that somebody has given it. The kernel's own, of IPv6's link scope, are not among them. */
    public List<InetAddress> configured() {
        return Stream.concat(
                        ipv4().stream(),
                        ipv6Lines().map(words -> address(words[0])).filter(address -> !address.isLinkLocalAddress()))
                .map(InetAddress.class::cast)
                .toList();
    }

    /** Empty where there is no such interface. */
    public List<Inet4Address> ipv4() {
        try {
            NetworkInterface own = NetworkInterface.getByName(name.get());
            return own == null
                    ? List.of()
                    : own.inetAddresses()
                            .filter(Inet4Address.class::isInstance)
                            .map(Inet4Address.class::cast)
                            .toList();
        } catch (SocketException e) {
            return List.of();
        }
    }

    /** Those that others may know already: no tentative ones (RFC 4862, 5.4). */
    public List<Inet6Address> ipv6() {
        return ipv6Lines()
                .filter(words -> (Integer.parseInt(words[4], 16) & NOT_OWN) == 0)
                .map(words -> address(words[0]))
                .toList();
    }

    /** Address, index, length of the prefix, scope and flags of each, in hexadecimal, and the interface's name. */
    private Stream<String[]> ipv6Lines() {
        String own = name.get();
        try (Stream<String> lines = Files.lines(proc.resolve("net/if_inet6"))) {
            return lines
                    .map(line -> line.trim().split("\\s+"))
                    .filter(words -> words.length == 6 && words[5].equals(own))
                    .toList()
                    .stream();
        } catch (IOException e) {
            return Stream.empty(); // a kernel without IPv6
        }
    }

    /** Whether the kernel forwards IPv6 from this interface, so that neighbours may have it as their router. */
    public boolean routesIpv6() {
        try {
            return !Files.readString(proc.resolve("sys/net/ipv6/conf")
                            .resolve(name.get())
                            .resolve("forwarding"))
                    .startsWith("0");
        } catch (IOException e) {
            return false;
        }
    }

    private static Inet6Address address(String hex) {
        try {
            return (Inet6Address) InetAddress.getByAddress(HexFormat.of().parseHex(hex));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the kernel gives no 16 bytes: " + hex, e);
        }
    }
}
