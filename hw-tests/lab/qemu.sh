#!/usr/bin/env bash
# Prints the start of a command line for QEMU, an argument a line: the system's where it is new enough, else that of Debian 13
# with all its libraries, which therefore runs on any older system and is not installed.
#
# Exit status: 0 done, 1 wrong use, 2 the packages cannot be had.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=hw-tests/lab/cache.sh
source "$here/cache.sh"

# The first release with the igb device, whose virtual functions the guest makes.
minimum=8

if system=$(command -v qemu-system-x86_64); then
  version=$("$system" --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9]*\).*/\1/p')
  if ((${version:-0} >= minimum)); then
    echo "$system"
    exit
  fi
fi

fetch qemu qemu-system-x86
printf '%s\n' env "QEMU_MODULE_DIR=$libraries/qemu" \
  "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" "$fetched/usr/bin/qemu-system-x86_64" \
  -L "$fetched/usr/share/qemu" -L "$fetched/usr/share/seabios"
