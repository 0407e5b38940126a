/**
 * The interface that the kernel sees. A {@code RingHandler} runs on the poll thread and only touches rings; {@code
 * TapPump} is a thread of its own, since a burst to a TAP is 25 to 31 us of system calls. {@code InterfaceWatch} may
 * wait: it follows what others do to that interface, and to those below the sides, which {@code QuietInterface} keeps as
 * a port needs them.
 *
 * <p>Thread: control. Uses: {@code control}.
 */
@NullMarked
package io.twinport.control.kernel;

import org.jspecify.annotations.NullMarked;
