/**
 * {@code bench latency}: how long frames take through our forwarders and through {@code dpdk-testpmd}, under load.
 *
 * <p>Thread: control. Uses: {@code launch}, {@code load}, {@code report}, {@code statistics}.
 */
@NullMarked
package io.twinport.perf.latency;

import org.jspecify.annotations.NullMarked;
