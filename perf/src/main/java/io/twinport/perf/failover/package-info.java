/**
 * {@code bench failover}: how long a switch takes, ours and that of the C peers. {@code FailoverTraffic} runs on the
 * poll thread.
 *
 * <p>Thread: control. Uses: {@code launch}, {@code report}, {@code statistics}.
 */
@NullMarked
package io.twinport.perf.failover;

import org.jspecify.annotations.NullMarked;
