/**
 * What a run is to the service manager that starts it: systemd's notification protocol (sd_notify(3)) and the journal's
 * priorities (sd-daemon(3)). Control threads. Outside of a service nothing here does anything.
 */
@NullMarked
package io.twinport.control.service;

import org.jspecify.annotations.NullMarked;
