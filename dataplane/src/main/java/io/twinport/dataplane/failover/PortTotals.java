package io.twinport.dataplane.failover;

/**
 * What a failover port has counted since its start; the poll thread's own, published by {@link PortCounters} now and then.
 * Each part of the port adds to its own fields.
 */
final class PortTotals {
    /** Frames delivered to the handler. */
    long received;

    /** Frames that the primary's driver took; those of the active side only up to the last switch, see {@link #sent}. */
    long sentByPrimary;

    /** The same of the standby's. */
    long sentByStandby;

    /** Frames that the active side's driver has taken since the last switch. */
    long sent;

    /** Frames that no driver took. */
    long refused;

    /** Frames that were received and not delivered (U2, R52). */
    long suppressed;

    /** Frames of control threads that a driver took. */
    long announced;

    long switches;

    /** What the primary has received while it was idle, and the standby. */
    final Idle idlePrimary = new Idle();

    final Idle idleStandby = new Idle();

    /** What came by a side while it was idle. */
    static final class Idle {
        long frames;

        /** Those that the port itself had sent: the network brings them back by the other side. */
        long own;

        /** Those to the port's own address: the network has learnt that it is here. */
        long toUs;
    }

    Idle idle(int side) {
        return side == FailoverPolicy.PRIMARY ? idlePrimary : idleStandby;
    }

    /** Books what the side that is being left has sent. */
    void foldSent(int side) {
        if (side == FailoverPolicy.PRIMARY) {
            sentByPrimary += sent;
        } else if (side == FailoverPolicy.STANDBY) {
            sentByStandby += sent;
        }
        sent = 0;
    }
}
