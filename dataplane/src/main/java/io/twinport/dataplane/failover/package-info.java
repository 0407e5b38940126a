/**
 * The failover port: which side transmits and why. {@code FailoverPort} and {@code TransmitSelector} run on the poll
 * thread and allocate nothing; {@code FailoverPolicy} is pure; {@code SwitchRecord} is what control threads read.
 */
@NullMarked
package io.twinport.dataplane.failover;

import org.jspecify.annotations.NullMarked;
