package io.twinport.dataplane.vhost;

import io.twinport.dataplane.vhost.VhostConnection.BrokenException;

/**
 * What a far end has answered when it was asked for the first time. It has been asked before DPDK's driver hears of it: a
 * driver that is not answered hangs, one that is answered wrongly leaves its descriptors behind.
 *
 * @param features that it offers
 * @param protocolFeatures that it offers; 0 where it knows of none
 * @param queuePairs at most
 */
record VhostHandshake(long features, long protocolFeatures, int queuePairs) {
    /** Of no far end. */
    static final VhostHandshake NONE = new VhostHandshake(0, 0, 1);

    /** Whoever answers requests. */
    interface Asked {
        /** @throws BrokenException if no answer comes, or another one */
        VhostMessage ask(VhostMessage question) throws BrokenException;
    }

    /**
     * Asks.
     *
     * @throws BrokenException if the far end is none for us
     */
    static VhostHandshake with(VhostConnection far, Asked asked) throws BrokenException {
        far.send(VhostMessage.request(VhostRequest.SET_OWNER));
        long features = number(asked, VhostRequest.GET_FEATURES);
        if ((features & VhostRequest.PROTOCOL_FEATURES) == 0) {
            return new VhostHandshake(features, 0, 1);
        }
        long protocol = number(asked, VhostRequest.GET_PROTOCOL_FEATURES);
        if ((protocol & VhostRequest.MQ) == 0) {
            return new VhostHandshake(features, protocol, 1);
        }
        far.send(VhostMessage.request(VhostRequest.SET_PROTOCOL_FEATURES, VhostRequest.MQ));
        long pairs = number(asked, VhostRequest.GET_QUEUE_NUM);
        if (pairs < 1) {
            throw new BrokenException("it says that it has " + pairs + " queue pairs");
        }
        return new VhostHandshake(features, protocol, (int) Math.min(pairs, Integer.MAX_VALUE));
    }

    private static long number(Asked asked, int request) throws BrokenException {
        return asked.ask(VhostMessage.request(request)).number();
    }
}
