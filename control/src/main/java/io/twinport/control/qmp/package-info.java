/**
 * A client of QEMU's monitor protocol. One daemon thread for each connection reads what QEMU says; it ends with the
 * connection. Callers wait on their own threads, never without a limit.
 *
 * <p>Thread: control. Uses: nothing of its module.
 */
@NullMarked
package io.twinport.control.qmp;

import org.jspecify.annotations.NullMarked;
