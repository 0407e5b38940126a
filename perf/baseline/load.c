/*
 * The load of `twinport bench forward --ndr` and `bench latency`: the far end, a net_vhost, of a virtio-user device that
 * a forwarder returns frames by.
 *
 *   load EAL-OPTIONS -- SOCKET
 *
 * Says `listening`, and then does what the lines of stdin say; it ends when they do.
 *
 *   link MILLISECONDS                      waits for the forwarder; answers `link up` or `link down`
 *   send RATE MILLISECONDS LENGTH          sends so many frames of so many bytes per second; answers with counts
 *   histograms                             answers with the times of the last `send`
 *
 * Each frame is due at an instant of a schedule that nothing but this process's own absence moves: what the ring refuses
 * counts as refused and the next frame is due as before, so a forwarder that halts is measured all the while. When the
 * process has been away itself (another one had its CPU) it makes up for BACKLOG frames at most, because a giant burst
 * would overrun any ring; the others count as skipped, and were never offered. Those that are so late although it has not
 * been away, because it cannot send so fast, count apart.
 *
 * Counts: offered (sent and refused), sent, refused, skipped, unable, received, lost, duplicates, reordered; then the nanoseconds from
 * the first frame to the end of the schedule, and those in which the process was away.
 *
 * Histograms, in lines `NAME NANOSECONDS COUNT` that `end` follows, from when a frame was due until it was received:
 * `undisturbed`, and `disturbed` of the frames that were due or under way while the process was away, which has made them
 * look slower than they were. And `late` until it was sent: of each burst the oldest one's time, for all.
 *
 * The clock is CLOCK_MONOTONIC. One lcore sends and receives.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "histogram.h"

enum { BURST = 32, DESCRIPTORS = 512, MBUFS = 16383, MBUF_CACHE = 256 };
enum { BACKLOG = 64 };
enum { FRACTION = 20 }; /* bits of the gap between two frames below a nanosecond */
enum { WINDOW = 1 << 16 }; /* how far frames may overtake each other and still be told from duplicates */
enum { SHORTEST = 64, LONGEST = 1518 };

#define MICROSECOND INT64_C(1000)
#define MILLISECOND INT64_C(1000000)
#define SECOND INT64_C(1000000000)

/* A pass that takes longer was interrupted; the longest ones that are not take a tenth of it. */
static const int64_t AWAY = 20 * MICROSECOND;
/* After so long a silence what has not come is lost. */
static const int64_t SILENCE = 50 * MILLISECOND;

/* IEEE's number for local experiments. */
static const uint16_t ETHERTYPE = 0x88b5;

struct frame {
    struct rte_ether_hdr ethernet;
    uint8_t padding[2];
    uint64_t run; /* which `send` it belongs to */
    uint64_t sequence;
    int64_t due;
};

static uint16_t port;
static struct rte_mempool *pool;

/* All that one `send` counts. */
static struct run {
    uint64_t number;
    uint64_t sent, refused, skipped, unable;
    uint64_t received, duplicates, reordered;
    uint64_t next; /* above the highest sequence number that has come */
    uint64_t seen[WINDOW / 64];
    int64_t last, away_until, away;
    struct histogram undisturbed, disturbed, late;
} run;

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static int check(int result, const char *call)
{
    if (result < 0) {
        fprintf(stderr, "%s: %d %s\n", call, result, rte_strerror(abs(result)));
        exit(1);
    }
    return result;
}

/* ---- what comes back ---- */

static inline void count(uint64_t sequence)
{
    if (sequence >= run.next) {
        /* The window moves up; numbers that enter it have not been seen. */
        for (uint64_t entering = run.next; entering <= sequence; entering++)
            run.seen[entering % WINDOW / 64] &= ~(UINT64_C(1) << (entering % 64));
        run.next = sequence + 1;
    } else {
        run.reordered++;
    }
    uint64_t *word = &run.seen[sequence % WINDOW / 64], bit = UINT64_C(1) << (sequence % 64);
    if ((*word & bit) != 0) {
        run.duplicates++;
        run.reordered--;
    }
    *word |= bit;
    run.received++;
}

static inline uint16_t receive(void)
{
    struct rte_mbuf *packets[BURST];
    uint16_t received = rte_eth_rx_burst(port, 0, packets, BURST);
    if (received == 0)
        return 0;
    int64_t at = now();
    for (int i = 0; i < received; i++) {
        const struct frame *frame = rte_pktmbuf_mtod(packets[i], const struct frame *);
        if (frame->ethernet.ether_type != rte_cpu_to_be_16(ETHERTYPE) || frame->run != run.number)
            continue; /* a late one of an earlier run, or the forwarder's own */
        histogram_record(frame->due >= run.away_until ? &run.undisturbed : &run.disturbed, at - frame->due, 1);
        count(frame->sequence);
    }
    rte_pktmbuf_free_bulk(packets, received);
    return received;
}

/* ---- what is sent ---- */

/* When a frame is due, from the beginning of the run. */
static inline int64_t due_at(uint64_t index, uint64_t gap)
{
    return (int64_t)((index * gap) >> FRACTION);
}

static inline void send_burst(uint64_t first, uint16_t wanted, int64_t begin, int64_t at, uint64_t gap, uint16_t length)
{
    struct rte_mbuf *packets[BURST];
    if (rte_pktmbuf_alloc_bulk(pool, packets, wanted) != 0)
        check(-ENOMEM, "rte_pktmbuf_alloc_bulk");
    for (int i = 0; i < wanted; i++) {
        struct frame *frame = rte_pktmbuf_mtod(packets[i], struct frame *);
        frame->ethernet = (struct rte_ether_hdr){
            .dst_addr = {{2, 0, 0, 0, 0, 1}}, .src_addr = {{2, 0, 0, 0, 0, 2}}, .ether_type = rte_cpu_to_be_16(ETHERTYPE)};
        frame->run = run.number;
        frame->sequence = run.sent + i;
        frame->due = begin + due_at(first + i, gap);
        packets[i]->data_len = packets[i]->pkt_len = length;
    }
    uint16_t taken = rte_eth_tx_burst(port, 0, packets, wanted);
    histogram_record(&run.late, at - (begin + due_at(first, gap)), taken);
    if (taken < wanted)
        rte_pktmbuf_free_bulk(packets + taken, wanted - taken);
    run.sent += taken;
    run.refused += wanted - taken;
}

static inline int64_t pass(void)
{
    int64_t at = now();
    if (at - run.last > AWAY) {
        run.away += at - run.last;
        run.away_until = at;
    }
    run.last = at;
    return at;
}

static void drain(void)
{
    int64_t heard = now();
    while (run.received - run.duplicates < run.sent && run.last - heard < SILENCE) {
        int64_t at = pass();
        if (receive() > 0)
            heard = at;
    }
}

static void send_frames(uint64_t rate, int64_t nanos, uint16_t length)
{
    uint64_t number = run.number + 1;
    memset(&run, 0, sizeof run);
    run.number = number;
    uint64_t gap = ((uint64_t)SECOND << FRACTION) / rate;
    uint64_t frames = ((uint64_t)nanos << FRACTION) / gap;
    int64_t begin = run.last = now();
    for (uint64_t next = 0; next < frames;) {
        int64_t at = pass();
        receive();
        uint64_t due = RTE_MIN(((uint64_t)(at - begin) << FRACTION) / gap + 1, frames);
        if (due - next > BACKLOG) {
            *(at == run.away_until ? &run.skipped : &run.unable) += due - BACKLOG - next;
            next = due - BACKLOG;
        }
        uint16_t wanted = RTE_MIN(due - next, (uint64_t)BURST);
        if (wanted > 0)
            send_burst(next, wanted, begin, at, gap, length);
        next += wanted;
    }
    int64_t sending = now() - begin;
    drain();
    printf("counts %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
           " %" PRIu64 " %" PRId64 " %" PRId64 "\n",
        run.sent + run.refused, run.sent, run.refused, run.skipped, run.unable, run.received,
        run.sent - (run.received - run.duplicates), run.duplicates, run.reordered, sending, run.away);
}

/* ---- commands ---- */

static void await_link(int64_t millis)
{
    struct rte_eth_link link = {0};
    struct timespec look = {0, MILLISECOND};
    for (; millis > 0; millis--) {
        check(rte_eth_link_get_nowait(port, &link), "rte_eth_link_get_nowait");
        if (link.link_status == RTE_ETH_LINK_UP)
            break;
        nanosleep(&look, NULL);
    }
    printf("link %s\n", link.link_status == RTE_ETH_LINK_UP ? "up" : "down");
}

static void obey(const char *line)
{
    uint64_t rate;
    int64_t millis;
    uint16_t length;
    if (sscanf(line, "link %" SCNd64, &millis) == 1) {
        await_link(millis);
    } else if (sscanf(line, "send %" SCNu64 " %" SCNd64 " %" SCNu16, &rate, &millis, &length) == 3 && rate > 0 &&
        rate <= (uint64_t)SECOND && millis > 0 && length >= SHORTEST && length <= LONGEST) {
        send_frames(rate, millis * MILLISECOND, length);
    } else if (strcmp(line, "histograms\n") == 0) {
        histogram_print(&run.undisturbed, "undisturbed");
        histogram_print(&run.disturbed, "disturbed");
        histogram_print(&run.late, "late");
        printf("end\n");
    } else {
        fprintf(stderr, "not understood: %s", line);
        exit(2);
    }
    fflush(stdout);
}

static void listen_at(const char *socket)
{
    char devargs[256];
    snprintf(devargs, sizeof devargs, "net_vhost0,iface=%s", socket);
    check(rte_dev_probe(devargs), "rte_dev_probe");
    check(rte_eth_dev_get_port_by_name("net_vhost0", &port), "rte_eth_dev_get_port_by_name");
    pool = rte_pktmbuf_pool_create("load", MBUFS, MBUF_CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
    if (pool == NULL)
        check(-rte_errno, "rte_pktmbuf_pool_create");
    struct rte_eth_conf configuration = {0};
    check(rte_eth_dev_configure(port, 1, 1, &configuration), "rte_eth_dev_configure");
    check(rte_eth_rx_queue_setup(port, 0, DESCRIPTORS, SOCKET_ID_ANY, NULL, pool), "rte_eth_rx_queue_setup");
    check(rte_eth_tx_queue_setup(port, 0, DESCRIPTORS, SOCKET_ID_ANY, NULL), "rte_eth_tx_queue_setup");
    check(rte_eth_dev_start(port), "rte_eth_dev_start");
}

int main(int argument_count, char **arguments)
{
    char line[128];
    int used = check(rte_eal_init(argument_count, arguments), "rte_eal_init");
    if (argument_count - used != 2) {
        fprintf(stderr, "usage: load EAL-OPTIONS -- SOCKET\n");
        return 2;
    }
    listen_at(arguments[used + 1]);
    printf("listening\n");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL)
        obey(line);
    return 0;
}
