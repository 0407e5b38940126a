/** The live view of a process, from its {@code twinport.cnc} alone: the process is not asked, and may be dead. */
@NullMarked
package io.twinport.control.top;

import org.jspecify.annotations.NullMarked;
