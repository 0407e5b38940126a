/**
 * What twinport calls in libdpdk, and the only module that knows an ABI.
 *
 * <p>{@link io.twinport.dpdk.Burst}, {@link io.twinport.dpdk.MbufAllocator}, {@link io.twinport.dpdk.Mbuf} and
 * {@link io.twinport.dpdk.LinkWord} are for poll loops: they take native addresses as {@code long}, allocate nothing
 * and throw nothing. The rest ({@link io.twinport.dpdk.Eal}, {@link io.twinport.dpdk.EthDev},
 * {@link io.twinport.dpdk.EthEvents}) belongs to control threads and reports errors with
 * {@link io.twinport.dpdk.DpdkException}.
 */
@NullMarked
package io.twinport.dpdk;

import org.jspecify.annotations.NullMarked;
