package io.twinport.control.host.probe;

import org.jspecify.annotations.Nullable;

/**
 * What one change of the VF's state has done to the frames.
 *
 * @param before by which way most frames came in the state before, {@code after} in the state that it led to
 * @param lost frames that came by neither way, from the beginning of the change to the end of its state
 * @param duplicated frames that came by both
 * @param late frames that the standby got, and the VF not, although the VF was ready
 * @param micros how long frames were lost, or were late, from one arrival to another; null where nothing of that was, where it was not
 *     over, and where the machine's clock says nothing about the NIC
 */
public record Transition(
        VfState from,
        VfState to,
        Verdict verdict,
        Delivery before,
        Delivery after,
        int lost,
        int duplicated,
        int late,
        @Nullable Double micros) {}
