/**
 * The few calls of libc that the JDK does not offer: CPU affinity, TUN descriptors, settings of kernel interfaces,
 * sockets, the umask; and what has to be known of files that others may have made. Each call may block as its system
 * call does.
 *
 * <p>Thread: control. Uses: nothing of its module.
 */
@NullMarked
package io.twinport.posix;

import org.jspecify.annotations.NullMarked;
