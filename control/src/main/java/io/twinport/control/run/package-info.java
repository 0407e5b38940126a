/**
 * {@code twinport run}: one failover port over two devices that come and go. Control threads: one for the life of each
 * side and the watchdog's (see {@code control.hotplug}), the conductor prints, the command's own waits for the end.
 */
@NullMarked
package io.twinport.control.run;

import org.jspecify.annotations.NullMarked;
