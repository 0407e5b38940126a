/**
 * {@code bench cost}: nanoseconds of single steps of the hot path, by JMH.
 *
 * <p>Thread: control. Uses: {@code launch}.
 */
@NullMarked
package io.twinport.perf.cost;

import org.jspecify.annotations.NullMarked;
