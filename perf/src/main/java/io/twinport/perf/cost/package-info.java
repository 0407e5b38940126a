/** {@code bench cost}: nanoseconds of single steps of the hot path, by JMH. */
@NullMarked
package io.twinport.perf.cost;

import org.jspecify.annotations.NullMarked;
