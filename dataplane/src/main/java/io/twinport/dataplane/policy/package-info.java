/**
 * Decisions and judgements as pure functions of what was seen, with time given in: they can be tested without a device
 * and replayed from a log. What the poll loop calls of {@code FailoverPolicy} allocates nothing; the judges belong to
 * the conductor.
 *
 * <p>Thread: none. Uses: {@code dataplane}.
 */
@NullMarked
package io.twinport.dataplane.policy;

import org.jspecify.annotations.NullMarked;
