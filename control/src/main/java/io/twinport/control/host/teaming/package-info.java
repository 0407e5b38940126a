/**
 * {@code twinport teaming check}: what can be wrong with a pair of network devices that libvirt teams. A {@code Domain} and its
 * {@code Network}s are what documents say, {@code HostView} what a host says; a class for each family of rules looks at them
 * and tells {@code Finding}s, each with its place, what will happen, and how it would be right. {@code TeamingCheck} has them all.
 *
 * <p>Thread: control. Uses: {@code control}, {@code host}, {@code host.xml}.
 */
@NullMarked
package io.twinport.control.host.teaming;

import org.jspecify.annotations.NullMarked;
