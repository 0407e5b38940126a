package io.twinport.dataplane.line;

import io.twinport.dpdk.Burst;
import io.twinport.dpdk.EthDev;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/** Lines for tests that call a port themselves, with no loop that a device could join. */
public final class TestLines {
    private TestLines() {}

    /** The line of a started device. */
    public static long of(EthDev dev) {
        return of(dev, 0);
    }

    /** The line of a started device for a port's queue. */
    public static long of(EthDev dev, int queue) {
        long line = SideLineSetup.allocate();
        SideLineSetup.write(line, dev, queue);
        return line;
    }

    /** A line that sends through another one, by a relay; its own way to receive stays. */
    public static void relay(long line, long owner) {
        if (SideLine.served(owner) == 0) {
            serve(owner, SharedQueue.allocate(Arena.global(), owner));
        }
        long relay = TransmitRelay.allocate(Arena.global(), line);
        SharedQueue.add(SideLine.served(owner), relay);
        SideLineSetup.relay(line, relay, 0);
    }

    /** From now on the line's loop is the one that serves a {@link SharedQueue}. */
    static void serve(long line, long shared) {
        UnsafeApi.putLong(line + SideLineLayout.SHARED, shared);
    }

    /** Has a line send by a driver's function, whose ring has so many slots; it receives nothing. */
    public static void driver(long line, long txFunction, int slots) {
        SideLineSetup.write(line, Burst.NOTHING, txFunction, 0, slots, 0, TxCompletion.AT_ONCE);
    }

    /** Does what the loop of that other line does. */
    public static void forward(long owner) {
        SideLine.forward(owner);
    }

    /** From now on what the line's device has sent is known in that way, of {@link TxCompletion}. */
    public static void completion(long line, int kind) {
        SideLineSetup.completion(line, kind);
    }
}
