/**
 * What the user wants: ports, sides, handlers and addresses, from options or a file, checked before a device is touched.
 * Pure but for what a check has to look up of the machine.
 *
 * <p>Thread: control. Uses: {@code control}, {@code hotplug}, {@code kernel}.
 */
@NullMarked
package io.twinport.control.plan;

import org.jspecify.annotations.NullMarked;
