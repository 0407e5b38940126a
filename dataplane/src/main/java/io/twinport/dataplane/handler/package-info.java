/**
 * Packet handlers to start from, and what they need: headers, pacing, rings between threads. They run to completion and
 * allocate nothing.
 *
 * <p>Thread: poll. Uses: {@code dataplane}.
 */
@NullMarked
package io.twinport.dataplane.handler;

import org.jspecify.annotations.NullMarked;
