#!/usr/bin/env bash
# Prints the root of an unpacked tree with libvirt, QEMU and all that they need of Debian 13: `host.sh` runs hosts from it. Nothing
# is installed.
#
# Exit status: 0 done, 1 wrong use, 2 the packages cannot be had.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=hw-tests/lab/cache.sh
source "$here/cache.sh"

mkdir -p "$cache" || die 1 "cannot write to $cache: set XDG_CACHE_HOME to a folder that you may write to"
# nftables: without a firewall libvirtd ends at once.
fetch libvirt libvirt-daemon libvirt-daemon-system libvirt-daemon-driver-{qemu,network,nodedev} libvirt-daemon-log libvirt-clients \
  libvirt-common qemu-system-x86 qemu-utils bash coreutils iproute2 util-linux procps dnsmasq-base nftables
echo "$fetched"
