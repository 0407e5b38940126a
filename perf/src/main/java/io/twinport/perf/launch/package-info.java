/**
 * Processes that are measured: what they have in common, how they are compiled, started and read.
 *
 * <p>Thread: control. Uses: nothing of its module.
 */
@NullMarked
package io.twinport.perf.launch;

import org.jspecify.annotations.NullMarked;
