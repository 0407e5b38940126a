/**
 * Which DPDK release is loaded, and where its fields are. Runs on the thread that starts the process, before EAL;
 * allocates freely. Nothing here is called by a poll loop.
 */
@NullMarked
package io.twinport.dpdk.abi;

import org.jspecify.annotations.NullMarked;
