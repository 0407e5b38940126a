/**
 * Helpers for tests that need DPDK, also those of the modules above, which get them in this module's test-jar: one EAL
 * per JVM, threads that EAL knows, wires whose cut is a real loss of link, numbered frames, and child JVMs.
 */
@NullMarked
package io.twinport.dpdk.testing;

import org.jspecify.annotations.NullMarked;
