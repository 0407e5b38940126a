/* The loops that CostBenchmark compares with: each runs in C for a number of bursts, called once from Java. */
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <stdint.h>

#define BURST 32

int64_t empty(int64_t n) {
    return n;
}

int64_t allocate_free(int64_t bursts) {
    struct rte_mempool *pool = rte_mempool_lookup("cost");
    struct rte_mbuf *packets[BURST];
    int64_t done = 0;
    for (int64_t i = 0; i < bursts; i++) {
        if (rte_pktmbuf_alloc_bulk(pool, packets, BURST) == 0) {
            rte_pktmbuf_free_bulk(packets, BURST);
            done += BURST;
        }
    }
    return done;
}

/* Port 0, as the bare port does it. */
int64_t rx_tx(int64_t bursts) {
    struct rte_mbuf *packets[BURST];
    int64_t done = 0;
    for (int64_t i = 0; i < bursts; i++) {
        uint16_t received = rte_eth_rx_burst(0, 0, packets, BURST);
        uint16_t sent = rte_eth_tx_burst(0, 0, packets, received);
        if (sent < received) {
            rte_pktmbuf_free_bulk(packets + sent, received - sent);
        }
        done += sent;
    }
    return done;
}
