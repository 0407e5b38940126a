package io.twinport.dataplane.line;

import io.twinport.dataplane.MbufBurst;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/**
 * A transmit queue of a driver's that several queues of the port use (U7), in one poll loop or in several. No two threads may
 * send by it, and none of the queues may take all that its ring has free. So each has a {@link TransmitRelay}, and the loop
 * that owns the driver's queue sends out of them in turn.
 *
 * <pre>
 *   0          8          12         16         20         24
 *  +----------+----------+----------+----------+----------+----------+------
 *  | line     | relays   | turn     | left     | room     | relay 0  | ...
 *  +----------+----------+----------+----------+----------+----------+------
 * </pre>
 *
 * {@code line} has the driver's queue, {@code turn} is the relay with which the next round begins, {@code left} what it may
 * still send of its share, {@code room} what the ring took in the last round that filled it. All are the owner's.
 */
public final class SharedQueue {
    /** Less at once costs more in calls of the driver than it makes fairer. */
    static final int LEAST_SHARE = 8;

    private static final int LINE = 0;
    private static final int RELAYS = 8;
    private static final int TURN = 12;
    private static final int LEFT = 16;
    private static final int ROOM = 20;
    private static final int RELAY = 24;

    /** The ring has taken all that there was: nobody need be kept short. */
    private static final int ENOUGH = Integer.MAX_VALUE;

    private SharedQueue() {}

    /**
     * One without relays, for as long as the arena.
     *
     * @param driver the line of the driver's queue, which nobody else sends by
     */
    public static long allocate(Arena arena, long driver) {
        long shared = arena.allocate(RELAY + (long) SideLine.MOST_QUEUES * Long.BYTES, Long.BYTES)
                .address();
        UnsafeApi.putLong(shared + LINE, driver);
        UnsafeApi.putInt(shared + ROOM, ENOUGH);
        return shared;
    }

    /** One more relay; before the loops use it. */
    public static void add(long shared, long relay) {
        int relays = UnsafeApi.getInt(shared + RELAYS);
        UnsafeApi.putLong(shared + RELAY + (long) relays * Long.BYTES, relay);
        UnsafeApi.putInt(shared + RELAYS, relays + 1);
    }

    /** The line of the driver's queue. */
    static long driver(long shared) {
        return UnsafeApi.getLong(shared + LINE);
    }

    /**
     * One round, by the owner: sends what waits now and no more, so that it ends however fast others go on putting. It takes a
     * share of each relay in turn, until the ring is full or there is no more. The share is what each would get of the room
     * that the ring had when it was last full; where one is cut short, the next round goes on there. Else it begins with
     * another relay each time.
     */
    public static void serve(long shared) {
        int relays = UnsafeApi.getInt(shared + RELAYS);
        int waiting = 0;
        for (int i = 0; i < relays; i++) {
            waiting += TransmitRelay.begin(relay(shared, i)) > 0 ? 1 : 0;
        }
        if (waiting == 0) {
            return;
        }
        long driver = driver(shared);
        int share = Math.clamp(UnsafeApi.getInt(shared + ROOM) / waiting, LEAST_SHARE, MbufBurst.CAPACITY);
        int turn = UnsafeApi.getInt(shared + TURN);
        int left = UnsafeApi.getInt(shared + LEFT);
        int room = 0;
        // So many relays in a row had nothing: with all of them the round is over.
        for (int empty = 0; empty < relays; ) {
            long relay = relay(shared, turn);
            left = left == 0 ? share : left;
            int offered = TransmitRelay.next(relay, left);
            int taken = offered == 0 ? 0 : TransmitRelay.send(relay, driver, offered);
            room += taken;
            left -= taken;
            if (taken < offered) {
                end(shared, turn, left, room);
                return;
            }
            empty = offered == 0 ? empty + 1 : 0;
            if (offered == 0 || left == 0) {
                turn = after(turn, relays);
                left = 0;
            }
        }
        end(shared, after(turn, relays), 0, ENOUGH);
    }

    private static void end(long shared, int turn, int left, int room) {
        UnsafeApi.putInt(shared + TURN, turn);
        UnsafeApi.putInt(shared + LEFT, left);
        if (room > 0) {
            UnsafeApi.putInt(shared + ROOM, room);
        }
    }

    /** Frames that wait in all relays; any thread. */
    public static int size(long shared) {
        int all = 0;
        for (int i = 0; i < UnsafeApi.getInt(shared + RELAYS); i++) {
            all += TransmitRelay.size(relay(shared, i));
        }
        return all;
    }

    /** Frees what waits, when no loop puts anything in any more. How many. */
    public static int free(long shared) {
        int all = 0;
        for (int i = 0; i < UnsafeApi.getInt(shared + RELAYS); i++) {
            all += TransmitRelay.free(relay(shared, i));
        }
        return all;
    }

    private static int after(int relay, int relays) {
        return relay + 1 == relays ? 0 : relay + 1;
    }

    private static long relay(long shared, int i) {
        return UnsafeApi.getLong(shared + RELAY + (long) i * Long.BYTES);
    }
}
