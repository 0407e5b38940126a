/** {@code bench compare}: one result beside another. */
@NullMarked
package io.twinport.perf.compare;

import org.jspecify.annotations.NullMarked;
