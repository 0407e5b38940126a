/*
 * The C loop of `twinport bench latency`: receives from a device, sends by it, and notes how long each pass took.
 *
 *   stall EAL-OPTIONS -- WARM-UP-MS MEASURED-MS
 *
 * The last lcore forwards on port 0. Prints a line `pass NANOSECONDS COUNT` for each length that has occurred, to about
 * 0.1 %, and ends when stdin does. The clock is CLOCK_MONOTONIC, as ours is.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_version.h>

enum { BURST = 32, DESCRIPTORS = 512, MBUFS = 16383, MBUF_CACHE = 256 };

/* Lengths with 10 bits behind the first one: a row for each power of two. */
enum { BITS = 10, ROW = 1 << BITS, ROWS = 64 - BITS };

static uint64_t counts[ROWS * ROW];
static atomic_bool recording, quit;

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

static inline void record(uint64_t nanos)
{
    int row = nanos < ROW ? 0 : 64 - BITS - __builtin_clzll(nanos);
    counts[row * ROW + (row == 0 ? nanos : (nanos >> (row - 1)) - ROW)]++;
}

static void print(void)
{
    for (uint64_t i = 0; i < ROWS * ROW; i++) {
        uint64_t row = i / ROW, nanos = row == 0 ? i : (i % ROW + ROW) << (row - 1);
        if (counts[i] > 0)
            printf("pass %" PRIu64 " %" PRIu64 "\n", nanos, counts[i]);
    }
}

static int forward(void *unused)
{
    struct rte_mbuf *packets[BURST];
    int64_t last = now();
    (void)unused;
    while (!atomic_load_explicit(&quit, memory_order_relaxed)) {
        int64_t at = now();
        if (atomic_load_explicit(&recording, memory_order_acquire))
            record(at - last);
        last = at;
        uint16_t received = rte_eth_rx_burst(0, 0, packets, BURST);
        uint16_t sent = rte_eth_tx_burst(0, 0, packets, received);
        if (sent < received)
            rte_pktmbuf_free_bulk(packets + sent, received - sent);
    }
    return 0;
}

static void wait_for(const char *millis)
{
    long count = atol(millis);
    struct timespec time = {count / 1000, count % 1000 * 1000000};
    nanosleep(&time, NULL);
}

int main(int count, char **arguments)
{
    int used = check(rte_eal_init(count, arguments), "rte_eal_init");
    if (count - used != 3) {
        fprintf(stderr, "usage: stall EAL-OPTIONS -- WARM-UP-MS MEASURED-MS\n");
        return 2;
    }
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
    printf("%s\n", rte_version());
    wait_for(arguments[used + 1]);
    printf("begin\n");
    fflush(stdout);
    atomic_store_explicit(&recording, true, memory_order_release);
    wait_for(arguments[used + 2]);
    atomic_store_explicit(&recording, false, memory_order_release);
    printf("measured\n");
    fflush(stdout);
    wait_for("100"); /* who reads the lines looks at the thread */
    atomic_store(&quit, true);
    rte_eal_wait_lcore(lcore);
    print();
    printf("end\n");
    fflush(stdout);
    getchar(); /* as ours does */
    return 0;
}
