/**
 * A paced load and the forwarders that it goes through, each a process of its own: how long frames take, and how many
 * per second get through without a loss. {@code IoForward} and {@code TimedPasses} run on the poll thread of a
 * forwarder.
 *
 * <p>Thread: control. Uses: {@code launch}, {@code report}, {@code statistics}.
 */
@NullMarked
package io.twinport.perf.load;

import org.jspecify.annotations.NullMarked;
