/**
 * What twinport calls in libdpdk, and the only module that knows an ABI.
 *
 * <p>{@link io.twinport.dpdk.Burst}, {@link io.twinport.dpdk.MbufAllocator}, {@link io.twinport.dpdk.Mbuf}, {@link
 * io.twinport.dpdk.TxRing} and {@link io.twinport.dpdk.LinkWord} are for poll loops: they take native addresses as
 * {@code long}, allocate nothing and throw nothing. The rest ({@link io.twinport.dpdk.Eal}, {@link
 * io.twinport.dpdk.EthDev}, {@link io.twinport.dpdk.EthEvents}) belongs to control threads and reports errors with
 * {@link io.twinport.dpdk.DpdkException}. {@link io.twinport.dpdk.DpdkLibraries} finds and loads the libraries before
 * EAL starts.
 *
 * <p>Thread: poll and control. Uses: {@code dpdk.v22_11}, {@code posix}.
 */
@NullMarked
package io.twinport.dpdk;

import org.jspecify.annotations.NullMarked;
