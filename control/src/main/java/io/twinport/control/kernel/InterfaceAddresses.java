package io.twinport.control.kernel;

import io.twinport.posix.Interfaces;
import io.twinport.posix.SystemFiles;
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
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The addresses of a kernel interface, as they are when asked for. */
public final class InterfaceAddresses {
    /** {@code IFA_F_DADFAILED | IFA_F_TENTATIVE} (linux/if_addr.h): not the interface's, or not yet. */
    private static final int NOT_OWN = 0x08 | 0x40;

    private final Supplier<OptionalInt> index;
    private final Path proc;

    /** @param index its number; empty where there is none, or it is in another network namespace */
    public InterfaceAddresses(Supplier<OptionalInt> index) {
        this(index, Path.of("/proc"));
    }

    InterfaceAddresses(Supplier<OptionalInt> index, Path proc) {
        this.index = index;
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
        OptionalInt own = index.get();
        try {
            NetworkInterface found = own.isEmpty() ? null : NetworkInterface.getByIndex(own.getAsInt());
            return found == null
                    ? List.of()
                    : Stream.concat(
                                    found.inetAddresses(),
                                    found.subInterfaces().flatMap(NetworkInterface::inetAddresses)) // eth0:1
                            .filter(Inet4Address.class::isInstance)
                            .map(Inet4Address.class::cast)
                            .distinct()
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
        OptionalInt own = index.get();
        try (Stream<String> lines = Files.lines(proc.resolve("net/if_inet6"))) {
            return lines
                    .map(line -> line.trim().split("\\s+"))
                    .filter(words -> words.length == 6 && own.isPresent())
                    .filter(words -> Integer.parseInt(words[1], 16) == own.getAsInt())
                    .toList()
                    .stream();
        } catch (IOException e) {
            return Stream.empty(); // a kernel without IPv6
        }
    }

    /** Whether the kernel forwards IPv6 from this interface, so that neighbours may have it as their router. */
    public boolean routesIpv6() {
        OptionalInt own = index.get();
        Optional<String> name = own.isEmpty() ? Optional.empty() : Interfaces.nameOf(own.getAsInt());
        return name.map(now -> SystemFiles.text(
                        proc.resolve("sys/net/ipv6/conf").resolve(now).resolve("forwarding")))
                .filter(text -> !text.isEmpty() && !text.startsWith("0"))
                .isPresent();
    }

    private static Inet6Address address(String hex) {
        try {
            return (Inet6Address) InetAddress.getByAddress(HexFormat.of().parseHex(hex));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the kernel gives no 16 bytes: " + hex, e);
        }
    }
}
