/** {@code bench latency}: how long frames take through our forwarders and through {@code dpdk-testpmd}, under load. */
@NullMarked
package io.twinport.perf.latency;

import org.jspecify.annotations.NullMarked;
