package io.twinport.control.kernel;

import io.twinport.control.Log;
import io.twinport.dpdk.MacAddress;
import io.twinport.posix.Interfaces;
import io.twinport.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Follows what happens to the port's interface from outside: its user sets something, or deletes it. For one thread, which may
 * wait, because who is told may wait for devices and poll loops.
 *
 * <p>While it is in another network namespace it is not followed, and an interface that has its name here is a stranger's.
 */
public final class TapFollower {
    private final Tap tap;
    private final Consumer<Supplier<Optional<TapSettings>>> follower;
    private final Log log;
    private boolean complained;

    /**
     * @param follower called at each look, with what tells how it is now: empty where it is in another network namespace
     * @param log told what was done about an interface that was deleted
     */
    public TapFollower(Tap tap, Consumer<Supplier<Optional<TapSettings>>> follower, Log log) {
        this.tap = tap;
        this.follower = follower;
        this.log = log;
    }

    /** Something may have changed. */
    public void look() {
        if (tap.presentName().isEmpty()) {
            remake();
        } else {
            follower.accept(this::settings);
        }
    }

    private void remake() {
        try {
            tap.remake();
            complained = false;
            log.warn(
                    "the interface " + tap.name() + " was deleted by somebody else; twinport has made it again, without"
                            + " the addresses and routes that it had");
        } catch (PosixException e) {
            if (!complained) {
                complained = true;
                log.warn("the interface " + tap.name() + " was deleted by somebody else, and cannot be made again: "
                        + e.getMessage() + ". Its frames are dropped; twinport tries again each second");
            }
        }
    }

    private Optional<TapSettings> settings() {
        OptionalInt index = tap.index();
        return index.isEmpty()
                ? Optional.empty()
                : Interfaces.link(index.getAsInt())
                        .map(link -> new TapSettings(
                                link.mtu(),
                                new MacAddress(link.mac()),
                                link.isPromiscuous(),
                                link.isAllMulticast(),
                                groups(link.index())));
    }

    /** The groups that the kernel would tell the device of the interface. Columns: number, name, users, global users, address. */
    private static List<MacAddress> groups(int index) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/net/dev_mcast"))) {
            return lines.map(line -> line.trim().split("\\s+"))
                    .filter(words -> words.length == 5 && words[0].equals(String.valueOf(index)))
                    .map(words -> new MacAddress(Long.parseLong(words[4], 16)))
                    .filter(MacAddress::isMulticast)
                    .sorted(Comparator.comparingLong(MacAddress::value))
                    .toList();
        } catch (IOException e) {
            return List.of(); // a kernel without multicast
        }
    }
}
