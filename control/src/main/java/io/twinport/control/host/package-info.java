/**
 * A host of guests, as its kernel and its libvirt show it. {@code HostView} reads sysfs and asks {@code ip} and {@code bridge};
 * {@code Virsh} asks libvirt. Nothing here changes a host.
 *
 * <p>Thread: control. Uses: {@code control}, {@code program}.
 */
@NullMarked
package io.twinport.control.host;

import org.jspecify.annotations.NullMarked;
