/** What a run counts, for Prometheus. Read from {@code twinport.cnc}'s counters at each scrape; the poll loops know nothing of it. */
@NullMarked
package io.twinport.control.metrics;

import org.jspecify.annotations.NullMarked;
