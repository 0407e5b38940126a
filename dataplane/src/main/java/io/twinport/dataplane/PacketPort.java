package io.twinport.dataplane;

/** Where a packet handler receives and sends: one queue, on the thread of one poll loop. */
public interface PacketPort {
    /**
     * Receives.
     *
     * @param packets address of an array that gets the addresses of mbufs; they are the caller's, to be sent or freed
     * @param count size of the array, at most {@link MbufBurst#CAPACITY}
     * @return how many were received
     */
    int rxBurst(long packets, int count);

    /**
     * Sends.
     *
     * @param packets address of an array of mbuf addresses
     * @param count how many are to be sent
     * @return how many were taken, from the front; the rest stays the caller's, to be tried again or freed
     */
    int txBurst(long packets, int count);
}
