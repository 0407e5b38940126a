/**
 * Benchmarks. Each comparison with a C peer comes from one run: fresh processes of ours and the peer's in turn, on the
 * same core, with the same packets. Control threads throughout, except for {@code IoForward}.
 */
@NullMarked
package io.twinport.perf;

import org.jspecify.annotations.NullMarked;
