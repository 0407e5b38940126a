/* The DPDK headers that the bindings are generated from; dpdk.includes says what is taken of them. */
#include <rte_config.h> /* first: DPDK expects it before any of its headers */
#include <sched.h>
#include <rte_alarm.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_lcore.h>
#include <rte_log.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_version.h>
