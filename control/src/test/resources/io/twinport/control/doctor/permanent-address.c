/* The kernel gives no virtual interface a permanent MAC address, which every NIC has. This gives those called ens* theirs, to
 * the programs that it is preloaded into, where they ask for it (ETHTOOL_GPERMADDR). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>

int ioctl(int fd, unsigned long request, ...) {
  int (*real)(int, unsigned long, void *) = (int (*)(int, unsigned long, void *))dlsym(RTLD_NEXT, "ioctl");
  va_list arguments;
  va_start(arguments, request);
  struct ifreq *interface = va_arg(arguments, struct ifreq *);
  va_end(arguments);
  if (request == SIOCETHTOOL && strncmp(interface->ifr_name, "ens", 3) == 0) {
    struct ethtool_perm_addr *answer = (struct ethtool_perm_addr *)interface->ifr_data;
    struct ifreq address = {0};
    memcpy(address.ifr_name, interface->ifr_name, IFNAMSIZ);
    if (answer->cmd == ETHTOOL_GPERMADDR && answer->size >= 6 && real(fd, SIOCGIFHWADDR, &address) == 0) {
      answer->size = 6;
      memcpy(answer->data, address.ifr_hwaddr.sa_data, 6);
      return 0;
    }
  }
  return real(fd, request, interface);
}
