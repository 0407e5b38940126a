/**
 * What a run is to the service manager that starts it: systemd's notification protocol (sd_notify(3)), and the watches
 * that it is told of. Outside of a service nothing is sent.
 *
 * <p>Thread: control. Uses: {@code control}.
 */
@NullMarked
package io.twinport.control.service;

import org.jspecify.annotations.NullMarked;
