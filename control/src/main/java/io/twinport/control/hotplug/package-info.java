/**
 * The device side of hotplug: devices come, are taken, are wanted back and are returned, for ever. One thread lives the
 * life of each side ({@link io.twinport.control.hotplug.SideLife}, read that first), one is the watchdog.
 *
 * <p>State is what sysfs shows; an event is only a hint to look (U1). The one event that is used is VFIO's request to
 * give a device back, because a look at sysfs each 100 ms would be late. Uevents are not: a device that appears is seen
 * 100 ms later at most, which is little beside its probe.
 *
 * <p>Thread: control. Uses: {@code control}, {@code kernel}.
 */
@NullMarked
package io.twinport.control.hotplug;

import org.jspecify.annotations.NullMarked;
