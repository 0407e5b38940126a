/**
 * The one control thread beside the poll loops: it turns events into records, asks devices that raise no interrupts,
 * judges the sides, announces addresses, and tells its listeners. May allocate; must not wait.
 *
 * <p>Thread: conductor. Uses: {@code dataplane}, {@code cnc}, {@code device}, {@code failover}, {@code loop}, {@code
 * policy}.
 */
@NullMarked
package io.twinport.dataplane.conductor;

import org.jspecify.annotations.NullMarked;
