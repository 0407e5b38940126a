/**
 * What repeated measurements say: medians, percentiles and ratios, with how sure they are.
 *
 * <p>Thread: none. Uses: nothing of its module.
 */
@NullMarked
package io.twinport.perf.statistics;

import org.jspecify.annotations.NullMarked;
