package io.twinport.control.kernel;

import io.twinport.dpdk.Mbuf;
import io.twinport.posix.TapQueue;

/** Whole frames, with nothing before them. */
final class PlainFrames implements TapFrames {
    @Override
    public int read(TapQueue tap, long mbuf) {
        int length = tap.read(Mbuf.data(mbuf), Mbuf.room(mbuf));
        Mbuf.length(mbuf, length);
        return length;
    }

    /** A frame in several mbufs is not for it. */
    @Override
    public boolean write(TapQueue tap, long mbuf) {
        return Mbuf.isContiguous(mbuf) && tap.write(Mbuf.data(mbuf), Mbuf.dataLength(mbuf));
    }
}
