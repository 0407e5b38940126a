/**
 * {@code demo} and {@code soak}: a failover port, its far ends in the same process, numbered frames and a ledger of
 * them. {@code NumberedTraffic} and {@code SoakTraffic} are handlers, so they run in poll threads and allocate nothing
 * there.
 *
 * <p>Thread: control. Uses: {@code control}, {@code hotplug}, {@code run}.
 */
@NullMarked
package io.twinport.control.lab;

import org.jspecify.annotations.NullMarked;
