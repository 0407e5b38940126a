/** What repeated measurements say: medians, percentiles and ratios, with how sure they are. */
@NullMarked
package io.twinport.perf.statistics;

import org.jspecify.annotations.NullMarked;
