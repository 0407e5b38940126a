/**
 * The few calls of libc that the JDK does not offer: CPU affinity, TUN descriptors, what kernel interfaces are set to,
 * sockets, the umask; and what has to be known of files that others may have made. For control threads and for the TAP's own thread;
 * each call may block as its system call does.
 */
@NullMarked
package io.twinport.posix;

import org.jspecify.annotations.NullMarked;
