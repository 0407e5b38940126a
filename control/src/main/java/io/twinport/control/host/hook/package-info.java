/**
 * The target's hook of libvirt: whether a guest that comes from another host may come. {@code HookFile} puts a script of the shell
 * where libvirt calls it, which lets all without a pair pass. {@code Admission} checks the others by {@code teaming}'s rules, and
 * {@code Reservations} keeps the VFs that they are promised, for all processes of this host.
 *
 * <p>Nothing here asks libvirt, which waits for its hook.
 *
 * <p>Thread: control. Uses: {@code control}, {@code host}, {@code host.teaming}, {@code host.xml}.
 */
@NullMarked
package io.twinport.control.host.hook;

import org.jspecify.annotations.NullMarked;
