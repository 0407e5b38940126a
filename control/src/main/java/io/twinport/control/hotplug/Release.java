package io.twinport.control.hotplug;

import java.util.Locale;

/**
 * A device given back on the kernel's request.
 *
 * @param leaveNanos from the request until the poll loop had used the device for the last time
 * @param closeNanos the driver's own stop, close and removal
 * @param unknownFrames frames that the driver had taken and that the device had not sent when it was stopped, as far as
 *     it counts them
 */
public record Release(long leaveNanos, long closeNanos, long unknownFrames) {
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "off the loop after %.1f ms, closed in %.0f ms, frames in its ring: %s",
                leaveNanos / 1e6,
                closeNanos / 1e6,
                unknownFrames == 0 ? "0" : "at most " + unknownFrames);
    }
}
