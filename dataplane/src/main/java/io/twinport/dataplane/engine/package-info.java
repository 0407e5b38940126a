/**
 * All that a process needs that moves packets: EAL, the pool, {@code twinport.cnc}, the conductor, poll loops on their
 * CPUs. For whoever starts a process, a command or an application. Allocates.
 *
 * <p>Thread: control. Uses: {@code dataplane}, {@code capture}, {@code cnc}, {@code conductor}, {@code device}, {@code
 * failover}, {@code handler}, {@code loop}, {@code warmup}.
 */
@NullMarked
package io.twinport.dataplane.engine;

import org.jspecify.annotations.NullMarked;
