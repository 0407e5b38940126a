/**
 * {@code twinport run}: failover ports over devices that come and go. One thread lives the life of each side, one is the
 * watchdog (see {@code hotplug}), the conductor prints, the command's own waits for the end.
 *
 * <p>Thread: control. Uses: {@code control}, {@code hotplug}, {@code kernel}, {@code metrics}, {@code pcap}, {@code
 * plan}, {@code socket}.
 */
@NullMarked
package io.twinport.control.run;

import org.jspecify.annotations.NullMarked;
