/*
 * The C loop of `twinport bench stall`: receives from a device, sends by it, and notes how long each pass took.
 *
 *   stall EAL-OPTIONS
 *
 * The last lcore forwards on port 0. After `running` it does what the lines of stdin say, as ours does: `record` begins a
 * record of the passes, `passes` ends it and is answered by a line `pass NANOSECONDS COUNT` for each length that has
 * occurred, to about 0.1 %, and `end`. The program ends when stdin does. The clock is CLOCK_MONOTONIC, as ours is.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_version.h>

#include "histogram.h"

enum { BURST = 32, DESCRIPTORS = 512, MBUFS = 16383, MBUF_CACHE = 256 };

static struct histogram passes;
static atomic_bool recording, quit;

/* Written by the loop: it has seen that nothing is recorded. */
static atomic_bool rests;

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int check(int result, const char *call)
{
    if (result < 0) {
        fprintf(stderr, "%s: %d %s\n", call, result, rte_strerror(abs(result)));
        exit(1);
    }
    return result;
}

static int forward(void *unused)
{
    struct rte_mbuf *packets[BURST];
    int64_t last = now();
    (void)unused;
    while (!atomic_load_explicit(&quit, memory_order_relaxed)) {
        int64_t at = now();
        if (atomic_load_explicit(&recording, memory_order_acquire))
            histogram_record(&passes, at - last, 1);
        else if (!atomic_load_explicit(&rests, memory_order_relaxed))
            atomic_store_explicit(&rests, true, memory_order_release);
        last = at;
        uint16_t received = rte_eth_rx_burst(0, 0, packets, BURST);
        uint16_t sent = rte_eth_tx_burst(0, 0, packets, received);
        if (sent < received)
            rte_pktmbuf_free_bulk(packets + sent, received - sent);
    }
    return 0;
}

static void await_rest(void)
{
    struct timespec look = {0, 200000};
    while (!atomic_load_explicit(&rests, memory_order_acquire))
        nanosleep(&look, NULL);
}

static void obey(const char *line)
{
    if (strcmp(line, "record\n") == 0) {
        memset(&passes, 0, sizeof passes);
        atomic_store_explicit(&recording, true, memory_order_release);
    } else if (strcmp(line, "passes\n") == 0) {
        atomic_store(&recording, false);
        atomic_store(&rests, false); /* what it was before */
        await_rest();
        histogram_print(&passes, "pass");
        printf("end\n");
    } else {
        fprintf(stderr, "not understood: %s", line);
        exit(2);
    }
    fflush(stdout);
}

int main(int count, char **arguments)
{
    char line[128];
    check(rte_eal_init(count, arguments), "rte_eal_init");
    struct rte_mempool *pool =
        rte_pktmbuf_pool_create("bench", MBUFS, MBUF_CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
    if (pool == NULL)
        check(-rte_errno, "rte_pktmbuf_pool_create");
    struct rte_eth_conf configuration = {0};
    check(rte_eth_dev_configure(0, 1, 1, &configuration), "rte_eth_dev_configure");
    check(rte_eth_rx_queue_setup(0, 0, DESCRIPTORS, SOCKET_ID_ANY, NULL, pool), "rte_eth_rx_queue_setup");
    check(rte_eth_tx_queue_setup(0, 0, DESCRIPTORS, SOCKET_ID_ANY, NULL), "rte_eth_tx_queue_setup");
    check(rte_eth_dev_start(0), "rte_eth_dev_start");
    unsigned int lcore = rte_get_next_lcore(-1, 1, 0);
    check(rte_eal_remote_launch(forward, NULL, lcore), "rte_eal_remote_launch");
    printf("%s\nrunning\n", rte_version());
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL)
        obey(line);
    atomic_store(&quit, true);
    rte_eal_wait_lcore(lcore);
    return 0;
}
