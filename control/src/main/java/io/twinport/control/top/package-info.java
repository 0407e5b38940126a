/**
 * The live view of a process, from its {@code twinport.cnc} alone: the process is not asked, and may be dead.
 *
 * <p>Thread: control. Uses: {@code control}, {@code history}.
 */
@NullMarked
package io.twinport.control.top;

import org.jspecify.annotations.NullMarked;
