/**
 * {@code bench stall}: how long the passes of a poll loop take, to the last of a million.
 *
 * <p>Thread: control. Uses: {@code launch}, {@code load}, {@code report}, {@code statistics}.
 */
@NullMarked
package io.twinport.perf.stall;

import org.jspecify.annotations.NullMarked;
