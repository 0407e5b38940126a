/**
 * The poll loop: poll, obey, say how far it has come. A control thread sends commands by a ring and waits for an {@link
 * io.twinport.dataplane.loop.Epoch}; that is all that the two threads share.
 *
 * <p>A pass allocates nothing and makes no system call, but for one write to an eventfd at a switch, after the first
 * burst has gone.
 *
 * <p>Thread: poll. Uses: {@code dataplane}, {@code cnc}, {@code line}.
 */
@NullMarked
package io.twinport.dataplane.loop;

import org.jspecify.annotations.NullMarked;
