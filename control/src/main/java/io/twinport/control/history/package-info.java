/**
 * What a {@code twinport.cnc} tells of the switches of its process, for whoever shows it.
 *
 * <p>Thread: control. Uses: {@code control}.
 */
@NullMarked
package io.twinport.control.history;

import org.jspecify.annotations.NullMarked;
