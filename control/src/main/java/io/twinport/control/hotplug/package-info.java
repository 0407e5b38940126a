/**
 * The device side of hotplug: devices that come, are taken, are wanted back and let go, for ever. Control threads: one
 * lives each side's life ({@link io.twinport.control.hotplug.SideLife}, read that first), one is the watchdog. All may
 * allocate; none is a poll loop's.
 *
 * <p>State is what sysfs shows; an event is only a hint to look (U1). The one event that is used is VFIO's request to
 * give a device back, because a look at sysfs each 100 ms would be late. Uevents are not: a device that appears is seen
 * 100 ms later at most, which is little beside its probe.
 */
@NullMarked
package io.twinport.control.hotplug;

import org.jspecify.annotations.NullMarked;
