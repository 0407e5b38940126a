package io.twinport.dataplane.warmup;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.twinport.dataplane.line.SideLineSetup;
import io.twinport.dataplane.line.TxCompletion;
import io.twinport.dpdk.LinkWord;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufAllocator;
import io.twinport.dpdk.MbufPool;
import io.twinport.dpdk.TxRing;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandles;
import org.agrona.UnsafeApi;

/**
 * A device in Java, for the warm-up: some frames come, what is sent is kept for a while and then freed, the link goes up and
 * down, all in the way of DPDK's drivers as far as a poll loop can see. For one thread.
 */
public final class ScratchDevice implements ScratchSide {
    private static final int SLOTS = 32;
    private static final int RECEIVING_POLLS = 4;
    private static final int FRAMES = 2;
    private static final int FRAME_BYTES = 60;

    /** Of so many bursts one is not taken whole. */
    private static final int REFUSED = 16;

    private final Arena arena = Arena.ofConfined();
    private final long line = SideLineSetup.allocate();
    private final long sent =
            arena.allocate(MemoryLayout.sequenceLayout(SLOTS, JAVA_LONG)).address();
    private final MbufAllocator allocator;
    private final boolean keeps;
    private int count;
    private int polls;
    private int bursts;
    private int asked;
    private boolean up;

    /** @param completion of {@link TxCompletion}: how the device lets it be known what it has sent */
    public ScratchDevice(MbufPool pool, int completion) {
        allocator = MbufAllocator.ofThisThread(pool);
        keeps = completion != TxCompletion.AT_ONCE;
        FunctionDescriptor burst = FunctionDescriptor.of(JAVA_SHORT, JAVA_LONG, JAVA_LONG, JAVA_SHORT);
        SideLineSetup.write(
                line,
                upcall("receive", burst),
                upcall("transmit", burst),
                upcall("status", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_SHORT)),
                SLOTS,
                upcall("readLink", FunctionDescriptor.of(JAVA_INT, JAVA_SHORT, JAVA_LONG)),
                completion);
    }

    @Override
    public long line() {
        return line;
    }

    @Override
    public void link(boolean isUp) {
        up = isUp;
    }

    @Override
    public void turn() {
        // Its functions do all.
    }

    @Override
    public void close() {
        free();
        arena.close();
    }

    private long upcall(String method, FunctionDescriptor type) {
        try {
            var function = MethodHandles.lookup().bind(this, method, type.toMethodType());
            return Linker.nativeLinker().upcallStub(function, type, arena).address();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    /** Frames for one receiver, and for many. */
    @SuppressWarnings("unused") // an upcall
    private short receive(long queue, long packets, short most) {
        if (++polls % RECEIVING_POLLS != 0 || most < FRAMES) {
            return 0;
        }
        int n = allocator.allocate(packets, FRAMES);
        for (int i = 0; i < n; i++) {
            long mbuf = UnsafeApi.getLong(packets + (long) i * Long.BYTES);
            Mbuf.length(mbuf, FRAME_BYTES);
            UnsafeApi.setMemory(Mbuf.data(mbuf), FRAME_BYTES, (byte) i);
        }
        return (short) n;
    }

    @SuppressWarnings("unused") // an upcall
    private short transmit(long queue, long packets, short frames) {
        if (frames == 0) {
            return 0;
        }
        if (!keeps) {
            Mbuf.free(packets, frames);
            return frames;
        }
        boolean fits = Mbuf.segments(UnsafeApi.getLong(packets)) <= SLOTS; // else it is TxRing.reap
        if (!fits || frames > SLOTS - count) {
            free();
        }
        boolean refuses = ++bursts % REFUSED == 0;
        int taken = fits ? Math.min(frames - (refuses ? 1 : 0), SLOTS) : 0;
        UnsafeApi.copyMemory(packets, sent + (long) count * Long.BYTES, (long) taken * Long.BYTES);
        count += taken;
        return (short) taken;
    }

    /** Nothing is sent the first time that it is asked for, and all the next time. */
    @SuppressWarnings("unused") // an upcall
    private int status(long queue, short offset) {
        return TxRing.FULL + (asked++ & 1);
    }

    @SuppressWarnings("unused") // an upcall
    private int readLink(short port, long link) {
        UnsafeApi.putLong(link, up ? LinkWord.STATUS : 0);
        return 0;
    }

    private void free() {
        Mbuf.free(sent, count);
        count = 0;
    }
}
