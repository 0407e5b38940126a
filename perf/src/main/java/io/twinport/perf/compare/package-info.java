/**
 * {@code bench compare}: one result beside another.
 *
 * <p>Thread: none. Uses: nothing of its module.
 */
@NullMarked
package io.twinport.perf.compare;

import org.jspecify.annotations.NullMarked;
