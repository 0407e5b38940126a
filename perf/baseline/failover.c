/*
 * How long the C peers take to fail over, on the rig and by the procedure of `twinport bench failover`:
 *
 *   failover EAL-OPTIONS -- PEER CUTS PACKETS-PER-SECOND FOLDER
 *
 *   bonding    net_bonding, mode 1 (active backup), as it comes
 *   selector   a callback that stores the port to send on: what can be had without any library
 *   failsafe   net_failsafe, which ignores links: its primary is pulled out, by a removal event, once in a process
 *
 * The last lcore polls: receive, allocate 32 mbufs, send, receive at both far ends. Everything else runs on the others.
 * PACKETS-PER-SECOND 0 is as fast as possible. FOLDER is for unix sockets.
 *
 * Prints one line for each cut, and ends when stdin does. All times are nanoseconds of CLOCK_MONOTONIC; -1 is unknown.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_eth_bond.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_mbuf.h>
#include <rte_version.h>

#if RTE_VERSION < RTE_VERSION_NUM(23, 11, 0, 0)
#define rte_eth_bond_member_add rte_eth_bond_slave_add
#endif

/*
 * Raising a removal event and seeing what net_failsafe sends take two functions and two fields that DPDK exports to
 * drivers but does not declare in its installed headers. check_device_head() compares the fields at the start.
 */
struct rte_eth_dev {
    eth_rx_burst_t rx_pkt_burst;
    eth_tx_burst_t tx_pkt_burst;
};
struct rte_eth_dev *rte_eth_dev_allocated(const char *name);
int rte_eth_dev_callback_process(struct rte_eth_dev *dev, enum rte_eth_event_type event, void *unused);

enum { BURST = 32, DESCRIPTORS = 512, MBUFS = 16383, MBUF_CACHE = 256, FRAME = 64 };
enum { PRIMARY, STANDBY, SIDES, NO_SIDE };
enum { SLOTS = 1024 };

#define UNKNOWN INT64_C(-1)
#define MICROSECOND INT64_C(1000)
#define MILLISECOND INT64_C(1000000)

static const int64_t SLOT_LENGTH = 10 * MICROSECOND;
static const int64_t BEFORE_CUT = MILLISECOND / 2;
static const int64_t AFTER_SWITCH = 5 * MILLISECOND;
static const int64_t SETTLE = 500 * MILLISECOND;
static const int64_t LOOK = 200 * MICROSECOND;
static const int64_t SWITCH_LIMIT = 500 * MILLISECOND;
static const int64_t BACKLOG = MILLISECOND;

static const char *const FAR_NAME[SIDES] = {"net_vhost0", "net_vhost1"};
static const char *const VIRTIO_NAME[SIDES] = {"net_virtio_user0", "net_virtio_user1"};
static const char *const NULL_NAME[SIDES] = {"net_null0", "net_null1"};

static enum peer { BONDING, SELECTOR, FAILSAFE } peer;
static char socket_path[SIDES][100], hidden_path[SIDES][220];
static struct rte_mempool *pool;
static uint16_t port;        /* what the application sends on; the selector's choice is `active` */
static uint16_t near[SIDES]; /* the ports below it */
static uint16_t far[SIDES];
static int64_t gap; /* between two bursts, 0 for none */

/* Written by the main thread, read by the poll loop. */
static atomic_bool sending, quit;
static atomic_bool is_polled[SIDES];
static _Atomic int64_t record_from;

/* Written by the poll loop, read by the main thread. */
static _Atomic uint64_t sent, refused, arrived, passes;
static uint32_t arrivals[SIDES][SLOTS];

/* Written by event threads; the instants of the switch under way. */
static _Atomic uint16_t active;
static _Atomic int64_t event_at, decision_at, burst_at;
static atomic_int awaited = NO_SIDE; /* whose next burst is the first one */
static eth_tx_burst_t driver_tx[SIDES];

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void pause_for(int64_t nanos)
{
    struct timespec time = {nanos / 1000000000, nanos % 1000000000};
    nanosleep(&time, NULL);
}

/* Ends the process, without DPDK's own clean-up, which waits for threads that may hang. */
static void fail(const char *what, const char *of, int error)
{
    fprintf(stderr, "%s(%s): %d %s\n", what, of, error, rte_strerror(abs(error)));
    fflush(NULL);
    _exit(1);
}

static int check(int result, const char *call, const char *of)
{
    if (result < 0)
        fail(call, of, result);
    return result;
}

/* ---- the poll loop ---- */

static inline void receive(uint16_t from)
{
    struct rte_mbuf *packets[BURST];
    uint16_t count = rte_eth_rx_burst(from, 0, packets, BURST);
    if (count > 0)
        rte_pktmbuf_free_bulk(packets, count);
}

static inline void receive_far(int side, int64_t at)
{
    struct rte_mbuf *packets[BURST];
    uint16_t count = rte_eth_rx_burst(far[side], 0, packets, BURST);
    if (count > 0) {
        rte_pktmbuf_free_bulk(packets, count);
        atomic_store_explicit(&arrived, arrived + count, memory_order_relaxed);
        uint64_t slot = (uint64_t)(at - atomic_load_explicit(&record_from, memory_order_relaxed)) / SLOT_LENGTH;
        if (slot < SLOTS)
            arrivals[side][slot] += count;
    }
}

static inline void send_burst(void)
{
    struct rte_mbuf *packets[BURST];
    if (rte_pktmbuf_alloc_bulk(pool, packets, BURST) != 0)
        return;
    for (int i = 0; i < BURST; i++)
        packets[i]->data_len = packets[i]->pkt_len = FRAME;
    uint16_t to = peer == SELECTOR ? atomic_load_explicit(&active, memory_order_acquire) : port;
    uint16_t taken = rte_eth_tx_burst(to, 0, packets, BURST);
    if (taken < BURST)
        rte_pktmbuf_free_bulk(packets + taken, BURST - taken);
    atomic_store_explicit(&sent, sent + taken, memory_order_relaxed);
    atomic_store_explicit(&refused, refused + BURST - taken, memory_order_relaxed);
}

static int poll_loop(void *unused)
{
    (void)unused;
    int64_t due = now();
    while (!atomic_load_explicit(&quit, memory_order_acquire)) {
        int64_t at = now();
        if (peer == SELECTOR) {
            receive(near[PRIMARY]);
            receive(near[STANDBY]);
        } else {
            receive(port);
        }
        if (atomic_load_explicit(&sending, memory_order_acquire) && at >= due) {
            due = RTE_MAX(due + gap, at - BACKLOG);
            send_burst();
        }
        for (int side = 0; side < SIDES; side++)
            if (atomic_load_explicit(&is_polled[side], memory_order_acquire))
                receive_far(side, at);
        /* Release: who sees the pass sees that the loop has let go of a far end. */
        atomic_store_explicit(&passes, passes + 1, memory_order_release);
    }
    return 0;
}

/* ---- what is timed ---- */

static inline uint16_t timed(int side, void *queue, struct rte_mbuf **packets, uint16_t count)
{
    uint16_t taken = driver_tx[side](queue, packets, count);
    if (unlikely(atomic_load_explicit(&awaited, memory_order_relaxed) == side) && taken > 0) {
        atomic_store(&burst_at, now());
        atomic_store(&awaited, NO_SIDE);
    }
    return taken;
}

static uint16_t timed_primary(void *queue, struct rte_mbuf **packets, uint16_t count)
{
    return timed(PRIMARY, queue, packets, count);
}

static uint16_t timed_standby(void *queue, struct rte_mbuf **packets, uint16_t count)
{
    return timed(STANDBY, queue, packets, count);
}

static const eth_tx_burst_t TIMED[SIDES] = {timed_primary, timed_standby};

/* net_bonding sends by rte_eth_fp_ops. */
static void time_port(int side)
{
    driver_tx[side] = rte_eth_fp_ops[near[side]].tx_pkt_burst;
    rte_eth_fp_ops[near[side]].tx_pkt_burst = TIMED[side];
}

/* net_failsafe sends by the devices themselves. */
static void time_device(int side)
{
    struct rte_eth_dev *device = rte_eth_dev_allocated(NULL_NAME[side]);
    driver_tx[side] = device->tx_pkt_burst;
    device->tx_pkt_burst = TIMED[side];
}

static void set_once(_Atomic int64_t *instant, int64_t value)
{
    int64_t unset = UNKNOWN;
    atomic_compare_exchange_strong(instant, &unset, value);
}

/* Registered before net_bonding registers its own, so it is called before that. */
static int on_link(uint16_t which, enum rte_eth_event_type type, void *unused, void *unused_too)
{
    int64_t entry = now();
    (void)type, (void)unused, (void)unused_too;
    if (which != near[PRIMARY])
        return 0;
    set_once(&event_at, entry);
    if (peer == SELECTOR) {
        struct rte_eth_link link;
        if (rte_eth_link_get_nowait(which, &link) != 0)
            return 0;
        atomic_store_explicit(&active, near[link.link_status ? PRIMARY : STANDBY], memory_order_release);
        set_once(&decision_at, now());
    }
    return 0;
}

/* ---- devices ---- */

static uint16_t probe(const char *devargs)
{
    char name[RTE_DEV_NAME_MAX_LEN];
    uint16_t id;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(devargs, ","), devargs);
    check(rte_dev_probe(devargs), "rte_dev_probe", devargs);
    check(rte_eth_dev_get_port_by_name(name, &id), "rte_eth_dev_get_port_by_name", name);
    return id;
}

static void configure(uint16_t id, bool link_interrupts, const char *name)
{
    struct rte_eth_conf conf;
    memset(&conf, 0, sizeof conf);
    conf.intr_conf.lsc = link_interrupts;
    uint16_t rx = DESCRIPTORS, tx = DESCRIPTORS;
    check(rte_eth_dev_configure(id, 1, 1, &conf), "rte_eth_dev_configure", name);
    check(rte_eth_dev_adjust_nb_rx_tx_desc(id, &rx, &tx), "rte_eth_dev_adjust_nb_rx_tx_desc", name);
    check(rte_eth_rx_queue_setup(id, 0, rx, 0, NULL, pool), "rte_eth_rx_queue_setup", name);
    check(rte_eth_tx_queue_setup(id, 0, tx, 0, NULL), "rte_eth_tx_queue_setup", name);
}

static void await_passes(uint64_t count)
{
    uint64_t from = atomic_load(&passes);
    while (atomic_load(&passes) - from < count)
        pause_for(LOOK);
}

static void connect_far(int side)
{
    char devargs[320];
    snprintf(devargs, sizeof devargs, "%s,iface=%s,client=1", FAR_NAME[side], socket_path[side]);
    far[side] = probe(devargs);
    configure(far[side], false, FAR_NAME[side]);
    check(rte_eth_dev_start(far[side]), "rte_eth_dev_start", FAR_NAME[side]);
    atomic_store_explicit(&is_polled[side], true, memory_order_release);
}

static void remove_far(int side)
{
    struct rte_eth_dev_info info;
    atomic_store(&is_polled[side], false);
    await_passes(2);
    check(rte_eth_dev_info_get(far[side], &info), "rte_eth_dev_info_get", FAR_NAME[side]);
    check(rte_eth_dev_stop(far[side]), "rte_eth_dev_stop", FAR_NAME[side]);
    check(rte_eth_dev_close(far[side]), "rte_eth_dev_close", FAR_NAME[side]);
    check(rte_dev_remove(info.device), "rte_dev_remove", FAR_NAME[side]);
}

static void *probe_virtio(void *argument)
{
    int side = (int)(intptr_t)argument;
    char devargs[320];
    snprintf(devargs, sizeof devargs, "%s,path=%s,server=1,queue_size=256,mac=02:00:00:00:00:01", VIRTIO_NAME[side],
        socket_path[side]);
    near[side] = probe(devargs);
    return NULL;
}

/* virtio-user's probe returns when its client has connected, so the client is probed meanwhile. */
static void lay_wire(int side, const char *folder)
{
    pthread_t thread;
    snprintf(socket_path[side], sizeof socket_path[side], "%s/%d", folder, side);
    snprintf(hidden_path[side], sizeof hidden_path[side], "%s.cut", socket_path[side]);
    check(-pthread_create(&thread, NULL, probe_virtio, (void *)(intptr_t)side), "pthread_create", "probe");
    while (access(socket_path[side], F_OK) != 0)
        pause_for(MILLISECOND);
    pause_for(2 * MILLISECOND); /* it is bound; now it is about to listen */
    connect_far(side);
    pthread_join(thread, NULL);
    configure(near[side], true, VIRTIO_NAME[side]);
}

static int connected_to(const char *path)
{
    for (int descriptor = 0; descriptor < 1024; descriptor++) {
        struct sockaddr_un address = {0};
        socklen_t length = sizeof address;
        if (getpeername(descriptor, (struct sockaddr *)&address, &length) == 0 && address.sun_family == AF_UNIX &&
            strcmp(address.sun_path, path) == 0)
            return descriptor;
    }
    fail("getpeername", path, -ENOTCONN);
    return -1;
}

static void move(const char *from, const char *to)
{
    if (rename(from, to) != 0)
        fail("rename", from, -errno);
}

/* ---- the three peers ---- */

static void set_up_bonding(void)
{
    struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 1}};
    port = check(rte_eth_bond_create("net_bonding0", BONDING_MODE_ACTIVE_BACKUP, 0), "rte_eth_bond_create", "");
    check(rte_eth_bond_mac_address_set(port, &mac), "rte_eth_bond_mac_address_set", "");
    for (int side = 0; side < SIDES; side++)
        check(rte_eth_bond_member_add(port, near[side]), "rte_eth_bond_member_add", VIRTIO_NAME[side]);
    check(rte_eth_bond_primary_set(port, near[PRIMARY]), "rte_eth_bond_primary_set", VIRTIO_NAME[PRIMARY]);
    configure(port, false, "net_bonding0");
    check(rte_eth_dev_start(port), "rte_eth_dev_start", "net_bonding0");
}

static void set_up_selector(void)
{
    for (int side = 0; side < SIDES; side++)
        check(rte_eth_dev_start(near[side]), "rte_eth_dev_start", VIRTIO_NAME[side]);
    atomic_store(&active, near[PRIMARY]);
}

static void check_device_head(int side)
{
    struct rte_eth_dev *device = rte_eth_dev_allocated(NULL_NAME[side]);
    struct rte_eth_fp_ops *ops = &rte_eth_fp_ops[near[side]];
    if (device == NULL || device->rx_pkt_burst != ops->rx_pkt_burst || device->tx_pkt_burst != ops->tx_pkt_burst) {
        fprintf(stderr, "%s does not begin its struct rte_eth_dev with its burst functions\n", rte_version());
        exit(1);
    }
}

/* net_null cannot be removed and does not say so; net_failsafe listens only to devices that do. */
static void claim_removal(uint16_t id, const char *name)
{
    struct rte_eth_dev_info info;
    check(rte_eth_dev_info_get(id, &info), "rte_eth_dev_info_get", name);
    *(uint32_t *)(uintptr_t)info.dev_flags |= RTE_ETH_DEV_INTR_RMV;
}

static void set_up_failsafe(void)
{
    /* A failsafe port that has the number 0 sends nothing any more after the first removal (DPDK 22.11). */
    probe("net_null9");
    port = probe("net_failsafe0,mac=02:00:00:00:00:01,dev(net_null0,no-rx=1),dev(net_null1,no-rx=1)");
    for (int side = 0; side < SIDES; side++) {
        check(rte_eth_dev_get_port_by_name(NULL_NAME[side], &near[side]), "rte_eth_dev_get_port_by_name",
            NULL_NAME[side]);
        claim_removal(near[side], NULL_NAME[side]);
    }
    configure(port, false, "net_failsafe0");
    check(rte_eth_dev_start(port), "rte_eth_dev_start", "net_failsafe0");
    for (int side = 0; side < SIDES; side++) {
        check_device_head(side);
        time_device(side);
    }
}

static void set_up(const char *folder)
{
    check(rte_eth_dev_callback_register(RTE_ETH_ALL, RTE_ETH_EVENT_INTR_LSC, on_link, NULL),
        "rte_eth_dev_callback_register", "INTR_LSC");
    if (peer == FAILSAFE) {
        set_up_failsafe();
        return;
    }
    for (int side = 0; side < SIDES; side++)
        lay_wire(side, folder);
    if (peer == BONDING)
        set_up_bonding();
    else
        set_up_selector();
    for (int side = 0; side < SIDES; side++)
        time_port(side);
}

/* ---- a cut ---- */

/* Ends the sending and waits until nothing arrives any more. */
static void drain(void)
{
    atomic_store(&sending, false);
    uint64_t before;
    do {
        before = atomic_load(&arrived);
        await_passes(1000);
        pause_for(3 * MILLISECOND);
    } while (atomic_load(&arrived) != before);
}

static void dwell(void)
{
    /* At random, so that cuts do not beat with any period of the machine. */
    pause_for(10 * MILLISECOND + rand() % (10 * MILLISECOND));
}

static void expect_burst_on(int side)
{
    atomic_store(&event_at, UNKNOWN);
    atomic_store(&decision_at, UNKNOWN);
    atomic_store(&burst_at, UNKNOWN);
    atomic_store(&awaited, side);
}

static bool await_burst(void)
{
    int64_t deadline = now() + SWITCH_LIMIT;
    while (atomic_load(&awaited) != NO_SIDE && now() < deadline)
        pause_for(LOOK);
    return atomic_load(&awaited) == NO_SIDE;
}

static int64_t cut(void)
{
    if (peer == FAILSAFE) {
        struct rte_eth_dev *device = rte_eth_dev_allocated(NULL_NAME[PRIMARY]);
        int64_t at = now();
        atomic_store(&event_at, at);
        rte_eth_dev_callback_process(device, RTE_ETH_EVENT_INTR_RMV, NULL);
        return at;
    }
    int descriptor = connected_to(socket_path[PRIMARY]);
    /* A socket that is hidden cannot be connected to again, so the link stays down. */
    move(socket_path[PRIMARY], hidden_path[PRIMARY]);
    int64_t at = now();
    shutdown(descriptor, SHUT_RDWR);
    return at;
}

static void restore(void)
{
    remove_far(PRIMARY);
    move(hidden_path[PRIMARY], socket_path[PRIMARY]);
    connect_far(PRIMARY);
}

static int64_t between(int64_t from, int64_t to)
{
    return from == UNKNOWN || to == UNKNOWN ? UNKNOWN : to - from;
}

static void print_slots(const char *name, int side)
{
    printf(" %s=", name);
    for (int slot = 0; slot < SLOTS; slot++)
        printf("%s%" PRIu32, slot == 0 ? "" : ",", arrivals[side][slot]);
}

static void record_arrivals(void)
{
    memset(arrivals, 0, sizeof arrivals);
    atomic_store(&record_from, now());
    pause_for(BEFORE_CUT);
}

/* Begins and ends with nothing under way. */
static void fail_over(int number, bool is_last)
{
    uint64_t refused_before = refused, lost_before = sent - arrived;
    atomic_store(&sending, true);
    dwell();
    expect_burst_on(STANDBY);
    record_arrivals();
    int64_t recorded_from = atomic_load(&record_from);
    int64_t cut_at = cut();
    await_burst();
    pause_for(AFTER_SWITCH);
    atomic_store(&record_from, 0);
    drain();
    int64_t lost = peer == FAILSAFE ? UNKNOWN : (int64_t)(sent - arrived - lost_before);
    if (is_last && peer != FAILSAFE) {
        printf("timeline cutAt=%" PRId64, cut_at - recorded_from);
        print_slots("primary", PRIMARY);
        print_slots("standby", STANDBY);
        printf("\n");
    }
    printf("cut number=%d cutToEvent=%" PRId64 " eventToDecision=%" PRId64 " decisionToBurst=%" PRId64
           " eventToBurst=%" PRId64 " cutToBurst=%" PRId64 " beforeEvent=0 lost=%" PRId64 " refused=%" PRIu64 " duplicated=-1 reordered=-1",
        number, between(cut_at, event_at), between(event_at, decision_at), between(decision_at, burst_at),
        between(event_at, burst_at), between(cut_at, burst_at), lost, refused - refused_before);
}

/* Frames that were given up for lost may come yet: virtio-user keeps its ring. What is missing after that is gone. */
static void fail_back(uint64_t lost_before)
{
    atomic_store(&sending, true);
    dwell();
    expect_burst_on(PRIMARY);
    restore();
    if (!await_burst())
        fail("restore", "the primary has not been used again", -ETIMEDOUT);
    pause_for(2 * MILLISECOND);
    drain();
    printf(" backEventToBurst=%" PRId64 " lostForGood=%" PRId64 "\n", between(event_at, burst_at),
        (int64_t)(sent - arrived - lost_before));
}

static void cut_and_restore(int number, bool is_last)
{
    uint64_t lost_before = sent - arrived;
    fail_over(number, is_last);
    if (peer == FAILSAFE)
        printf(" backEventToBurst=-1 lostForGood=-1\n");
    else
        fail_back(lost_before);
    fflush(stdout);
}

static void read_arguments(int count, char **arguments)
{
    static const char *const NAMES[] = {"bonding", "selector", "failsafe"};
    if (count != 5) {
        fprintf(stderr, "usage: failover EAL-OPTIONS -- bonding|selector|failsafe CUTS PACKETS-PER-SECOND FOLDER\n");
        exit(2);
    }
    for (peer = BONDING; strcmp(arguments[1], NAMES[peer]) != 0; peer++)
        if (peer == FAILSAFE)
            fail("unknown peer", arguments[1], -EINVAL);
    int64_t rate = atoll(arguments[3]);
    gap = rate == 0 ? 0 : BURST * INT64_C(1000000000) / rate;
}

int main(int count, char **arguments)
{
    int used = check(rte_eal_init(count, arguments), "rte_eal_init", "");
    read_arguments(count - used, arguments + used);
    int cuts = peer == FAILSAFE ? 1 : atoi(arguments[used + 2]); /* net_null cannot be plugged in again */
    pool = rte_pktmbuf_pool_create("bench", MBUFS, MBUF_CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
    if (pool == NULL)
        fail("rte_pktmbuf_pool_create", "", -rte_errno);
    set_up(arguments[used + 4]);
    unsigned int lcore = rte_get_next_lcore(-1, 1, 0);
    check(rte_eal_remote_launch(poll_loop, NULL, lcore), "rte_eal_remote_launch", "");
    printf("%s\n", rte_version());
    atomic_store(&sending, true);
    pause_for(SETTLE);
    drain();
    for (int number = 1; number <= cuts; number++)
        cut_and_restore(number, number == cuts);
    printf("end\n");
    fflush(stdout);
    getchar(); /* who reads the lines looks at the process too */
    atomic_store(&quit, true);
    rte_eal_wait_lcore(lcore);
    _exit(0); /* with devices that are cut off DPDK's clean-up may wait for ever */
}
