/**
 * The interface that the kernel sees. A {@code RingHandler} runs on the poll thread and only touches rings;
 * {@code TapPump} is a thread of its own, since a burst to a TAP is 25 to 31 us of system calls. {@code TapWatch} is a
 * control thread, which may wait: it follows what the interface's user does to it.
 */
@NullMarked
package io.twinport.control.kernel;

import org.jspecify.annotations.NullMarked;
