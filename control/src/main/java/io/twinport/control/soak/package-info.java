/**
 * {@code twinport soak}: a failover port under load in both directions, to which everything happens that can, in an
 * order that its seed fixes. {@code SoakTraffic} and {@code SoakLedger} run on the poll thread and allocate nothing
 * there; the rest on the command's own.
 */
@NullMarked
package io.twinport.control.soak;

import org.jspecify.annotations.NullMarked;
