package io.twinport.dataplane.conductor;

import io.twinport.dataplane.Sides;
import io.twinport.dataplane.device.Side;
import io.twinport.dataplane.policy.PolicyText;
import io.twinport.dataplane.policy.StatisticsFold;
import io.twinport.dpdk.EthStats;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;
import org.jspecify.annotations.Nullable;

/**
 * What the devices of a port count, and what is counted here for them, folded over all that have been its sides (R56-R58), in {@code twinport.cnc}: for each
 * side and for the port, as {@code port 0 primary rx_bytes} and {@code port 0 all rx_bytes}. No value ever goes backwards.
 * Frames that the idle side received are among them, as they are among the kernel's (R55); the port's own
 * {@code rx_suppressed} tells how many.
 *
 * <p>For any control thread. A device is asked by {@link #refresh} and when it leaves.
 */
public final class PortStatistics {
    /** What is counted, by the kernel's names where it has the same. */
    public enum Counter {
        RX_PACKETS,
        TX_PACKETS,
        RX_BYTES,
        TX_BYTES,
        RX_MISSED,
        RX_ERRORS,
        TX_ERRORS,
        RX_NOMBUF,

        /** Frames that the port's queues have sent by the side and that were freed, because they could never be sent. */
        TX_UNSENDABLE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** What it is, in a sentence. */
        public String help() {
            return this == TX_UNSENDABLE
                    ? "Frames that the side took and freed, because no device could ever send them."
                    : "Counted by the devices of the side, present and former.";
        }
    }

    private static final Counter[] COUNTERS = Counter.values();

    /** From this one on they are counted here, and not by the device. */
    private static final int OURS = Counter.TX_UNSENDABLE.ordinal();

    private final StatisticsFold fold = new StatisticsFold(OURS);
    private final StatisticsFold ours = new StatisticsFold(COUNTERS.length - OURS);
    private final @Nullable Side[] sides = new @Nullable Side[Sides.COUNT];
    private final List<Map<Counter, AtomicCounter>> published = new ArrayList<>();

    public PortStatistics(CountersManager counters, int port) {
        for (int side = 0; side <= Sides.COUNT; side++) {
            String of = side == Sides.NONE ? "all" : PolicyText.side(side);
            Map<Counter, AtomicCounter> ofSide = new EnumMap<>(Counter.class);
            for (Counter counter : COUNTERS) {
                ofSide.put(counter, counters.newCounter("port " + port + " " + of + " " + counter));
            }
            published.add(ofSide);
        }
    }

    /** A side has joined, or started again: what it counts from its baseline on is the port's (R26). */
    public synchronized void join(Side side) {
        sides[Sides.index(side.side())] = side;
        // One that does not count has no baseline, and what it might show later is not known to be new.
        side.baseline().ifPresent(stats -> fold.join(side.side(), values(stats)));
        ours.join(side.side(), 0);
    }

    /**
     * A side's device is about to be stopped, and the loop has left it: what it has counted stays (R33). Does nothing for a side
     * that has not joined.
     */
    public synchronized void leave(Side side) {
        if (sides[Sides.index(side.side())] == side) {
            read(side);
            fold.leave(side.side());
            ours.leave(side.side());
            sides[Sides.index(side.side())] = null;
            publish();
        }
    }

    /** Asks the devices that are there, and publishes. */
    public synchronized void refresh() {
        for (Side side : sides) {
            if (side != null) {
                read(side);
            }
        }
        publish();
    }

    /** As published last: of a side, or of the port with {@link Sides#NONE}. Any thread. */
    public long get(int side, Counter counter) {
        return counter(side, counter).get();
    }

    private void read(Side side) {
        side.dev().statistics().ifPresent(stats -> fold.read(side.side(), values(stats)));
        ours.read(side.side(), side.unsendable());
    }

    private void publish() {
        for (int i = 0; i < COUNTERS.length; i++) {
            StatisticsFold of = i < OURS ? fold : ours;
            int at = i < OURS ? i : i - OURS;
            counter(Sides.NONE, COUNTERS[i]).setRelease(of.total(at));
            for (int side = Sides.PRIMARY; side <= Sides.COUNT; side++) {
                counter(side, COUNTERS[i]).setRelease(of.total(side, at));
            }
        }
    }

    private AtomicCounter counter(int side, Counter counter) {
        return Objects.requireNonNull(published.get(side).get(counter));
    }

    /** In the order of {@link Counter}. */
    private static long[] values(EthStats stats) {
        return new long[] {
            stats.rxFrames(),
            stats.txFrames(),
            stats.rxBytes(),
            stats.txBytes(),
            stats.rxMissed(),
            stats.rxErrors(),
            stats.txErrors(),
            stats.rxNoMbufs()
        };
    }
}
