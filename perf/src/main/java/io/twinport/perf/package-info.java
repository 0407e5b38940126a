/**
 * Benchmarks. Each comparison with a C peer comes from one run: fresh processes of ours and the peer's in turn, on the
 * same core, with the same packets. Each benchmark has a package.
 */
@NullMarked
package io.twinport.perf;

import org.jspecify.annotations.NullMarked;
