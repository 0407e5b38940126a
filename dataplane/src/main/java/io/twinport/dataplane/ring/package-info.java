/** Packets from one lcore to another: Agrona rings over DPDK memory. Both halves run on poll threads. */
@NullMarked
package io.twinport.dataplane.ring;

import org.jspecify.annotations.NullMarked;
