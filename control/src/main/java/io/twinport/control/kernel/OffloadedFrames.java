package io.twinport.control.kernel;

import io.twinport.dataplane.virtqueue.NetHeader;
import io.twinport.dpdk.ChecksumRequest;
import io.twinport.dpdk.Mbuf;
import io.twinport.dpdk.MbufOffloads;
import io.twinport.posix.TapQueue;
import java.lang.foreign.Arena;
import org.agrona.UnsafeApi;

/**
 * Frames with a header before each ({@code IFF_VNET_HDR}), by which the kernel leaves checksums to the port and takes frames
 * without them: those that came unfinished from a sender on the same host are never finished then.
 *
 * <pre>
 *   mbuf read into        headroom | header | frame        written   header, frame
 *                                           ^ data
 * </pre>
 */
final class OffloadedFrames implements TapFrames {
    private static final int PIECE = 2 * Long.BYTES;
    private static final int PIECES = 2;

    private final Arena arena = Arena.ofAuto();
    private final long pieces =
            arena.allocate(PIECES * PIECE + NetHeader.LENGTH, Long.BYTES).address();
    private final long header = pieces + PIECES * PIECE;

    OffloadedFrames() {
        piece(0, header, NetHeader.LENGTH);
    }

    private void piece(int i, long address, int length) {
        UnsafeApi.putLong(pieces + i * PIECE, address);
        UnsafeApi.putLong(pieces + i * PIECE + Long.BYTES, length);
    }

    /** {@link #BAD} is what the kernel has left unfinished in a way that no mbuf can say, and that cannot be finished here. */
    @Override
    public int read(TapQueue tap, long mbuf) {
        long frame = Mbuf.data(mbuf) - NetHeader.LENGTH;
        int length = tap.read(frame, Mbuf.room(mbuf) + NetHeader.LENGTH) - NetHeader.LENGTH;
        if (length <= 0) {
            return 0;
        }
        Mbuf.length(mbuf, length);
        return NetHeader.read(mbuf) ? length : BAD;
    }

    /** A frame in several mbufs is not for it, nor one whose driver says that its checksum is unwritten, but not where. */
    @Override
    public boolean write(TapQueue tap, long mbuf) {
        if (!Mbuf.isContiguous(mbuf) || Mbuf.isL4Unwritten(mbuf) && !asks(mbuf)) {
            return false;
        }
        NetHeader.write(mbuf, header);
        piece(1, Mbuf.data(mbuf), Mbuf.dataLength(mbuf));
        return tap.writePieces(pieces, PIECES);
    }

    /** DPDK's drivers only say that it is. */
    private static boolean asks(long mbuf) {
        if ((MbufOffloads.flags(mbuf) & MbufOffloads.L4_MASK) != 0) {
            return true;
        }
        long request = ChecksumRequest.of(mbuf);
        MbufOffloads.ask(mbuf, request);
        return request != 0;
    }
}
