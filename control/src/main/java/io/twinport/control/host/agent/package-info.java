/**
 * {@code twinport host agent}: for sites where somebody else migrates the guests. It hears libvirt's and QEMU's events of its host, and gives
 * each pair's frames their way while the primary is not there, by {@code migrate}'s steps and with their undo. {@code Guests} decides,
 * by what the host shows; an event says only when to look, for much of it is a guest's word. {@code AuditLog} has each command,
 * {@code EventFeed} tells management what happens.
 *
 * <p>Nothing here starts, stops or migrates a guest.
 *
 * <p>Thread: control. Uses: {@code control}, {@code host}, {@code host.migrate}, {@code program}.
 */
@NullMarked
package io.twinport.control.host.agent;

import org.jspecify.annotations.NullMarked;
