package io.twinport.control.plan;

import io.twinport.control.UserException;
import io.twinport.dataplane.handler.Pacer;
import io.twinport.dpdk.MacAddress;
import io.twinport.posix.Interfaces;
import io.twinport.posix.TapInterface;
import java.util.Locale;

/** What is done with packets, as the user gave it. */
public sealed interface HandlerSpec {
    /** Every frame back to its sender. */
    record Reflect() implements HandlerSpec {}

    /** Every frame freed. */
    record Sink() implements HandlerSpec {}

    /** Frames of 60 bytes sent; 0 packets per second: as fast as they are taken. */
    record Generate(long packetsPerSecond, long destination) implements HandlerSpec {
        static final long BROADCAST = 0xffff_ffff_ffffL;
    }

    /**
     * One kernel interface.
     *
     * @param offloads whether the kernel leaves checksums to the port
     */
    record Tap(String name, boolean offloads) implements HandlerSpec {
        private static final String OFFLOADS = ",offloads";
    }

    /** As {@link #parse} reads it. */
    default String text() {
        return switch (this) {
            case Reflect() -> "reflect";
            case Sink() -> "sink";
            case Generate(long rate, long destination) ->
                rate == 0
                        ? "generate"
                        : "generate:" + rate
                                + (destination == Generate.BROADCAST ? "" : ":" + new MacAddress(destination));
            case Tap(String name, boolean offloads) -> "tap:" + name + (offloads ? Tap.OFFLOADS : "");
        };
    }

    /** Reads {@code reflect}, {@code sink}, {@code generate}, {@code generate:1000000}, {@code generate:1000:02:00:00:00:00:01} {@code tap:tw0} or {@code tap:tw0,offloads}. */
    static HandlerSpec parse(String text) {
        String[] parts = text.split(":", 2);
        String kind = parts[0].toLowerCase(Locale.ROOT);
        if (parts.length == 1) {
            if (kind.equals("reflect")) {
                return new Reflect();
            }
            if (kind.equals("sink")) {
                return new Sink();
            }
            if (kind.equals("generate")) {
                return new Generate(0, Generate.BROADCAST);
            }
        } else if (kind.equals("generate")) {
            return generate(text, parts[1]);
        } else if (kind.equals("tap")) {
            boolean offloads = parts[1].endsWith(Tap.OFFLOADS);
            int end = parts[1].length() - (offloads ? Tap.OFFLOADS.length() : 0);
            return new Tap(interfaceName(text, parts[1].substring(0, end)), offloads);
        }
        throw new UserException("--handler " + text + " is no handler. Choose reflect, sink, generate,"
                + " generate:PACKETS_PER_SECOND[:DESTINATION] or tap:INTERFACE[,offloads].");
    }

    private static Generate generate(String text, String arguments) {
        String[] parts = arguments.split(":", 2);
        long rate = rate(text, parts[0]);
        try {
            return new Generate(
                    rate,
                    parts.length == 1
                            ? Generate.BROADCAST
                            : MacAddress.parse(parts[1]).value());
        } catch (IllegalArgumentException e) {
            throw new UserException("--handler " + text + ": " + e.getMessage() + ".", e);
        }
    }

    private static long rate(String text, String number) {
        if (!number.matches("[1-9]\\d{0,9}") || Long.parseLong(number) > Pacer.MOST_RATE) {
            throw new UserException(
                    "--handler " + text + ": '" + number + "' is no number of packets per second from 1 to "
                            + Pacer.MOST_RATE + ". Write generate:1000000, or generate for full speed.");
        }
        return Long.parseLong(number);
    }

    private static String interfaceName(String text, String name) {
        if (!Interfaces.isName(name) || name.equals("lo")) {
            throw new UserException("--handler " + text + ": the kernel makes no interface of the name '" + name
                    + "'. Use 1 to " + TapInterface.LONGEST_NAME + " letters and digits: tap:tw0.");
        }
        return name;
    }
}
