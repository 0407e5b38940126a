/**
 * Pages that a browser shows without help: HTML with plots in SVG, no script.
 *
 * <p>Thread: none. Uses: {@code statistics}.
 */
@NullMarked
package io.twinport.perf.report;

import org.jspecify.annotations.NullMarked;
