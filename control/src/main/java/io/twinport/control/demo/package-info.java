/**
 * {@code twinport demo}: a failover port between two virtual devices and their far ends in one process, whose primary
 * link is really cut and restored. {@code NumberedTraffic} and {@code FrameLedger} run on the
 * poll thread; the rest on the command's own.
 */
@NullMarked
package io.twinport.control.demo;

import org.jspecify.annotations.NullMarked;
