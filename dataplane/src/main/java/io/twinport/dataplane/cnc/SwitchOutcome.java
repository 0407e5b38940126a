package io.twinport.dataplane.cnc;

/**
 * What a switch has cost, counted from its decision until the next one, or for a second. RFC 6412 calls such frames
 * impaired.
 *
 * @param isKnown false while it is being counted, and where the process died meanwhile; only the first completion may be known then
 * @param firstCompletedNanos when the first frame on the new side was known to have left its device; 0 where that cannot be
 *     known, because the driver does not tell
 * @param drained of a planned switch: the former side had sent all that it held before the new one got a frame
 * @param resent frames in flight that the new side has sent again
 * @param suppressed frames that were received and not delivered, because of their side or their age
 * @param duplicated frames that were not delivered because their copies were
 * @param held frames that had to wait for a side
 * @param dropped frames that were freed, because no side was ready (in time)
 * @param lastOfFormerNanos when the port's first queue had the last frame by the side that was left, while it received by
 *     both; 0 where none came
 */
public record SwitchOutcome(
        boolean isKnown,
        long firstCompletedNanos,
        boolean drained,
        long resent,
        long suppressed,
        long duplicated,
        long held,
        long dropped,
        long lastOfFormerNanos) {}
