#!/usr/bin/env bash
# Builds the base of the guest: a kernel, and an initramfs of busybox, ip, bridge, DPDK 24.11 and a Java runtime, from packages of
# Debian 13 and the JDK in JAVA_HOME. Prints the folder that holds `vmlinuz` and `base.cpio`; the same request again costs
# nothing. What is tested is not in it: the tests append that as a second archive, which the kernel unpacks over this one.
# `small.cpio` is the same of busybox and kernel modules alone, for guests that are migrated with all their memory.
#
# Exit status: 0 done, 1 cannot be built here, 2 the packages cannot be had.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=hw-tests/lab/cache.sh
source "$here/cache.sh"

packages=(
  linux-image-amd64 kmod busybox-static iproute2 zlib1g libgcc-s1
  librte-{eal,ethdev,mbuf,mempool,ring,vhost} librte-{bus-vdev,bus-pci,mempool-ring}
  librte-net-{null,ring,virtio,vhost,tap,e1000,af-packet}
)
# With what they need. The soft dependency of vfio on vfio_iommu_type1 is left to whoever loads it.
modules=(virtio_pci virtio_net net_failover e1000e igb igbvf vfio-pci vfio_iommu_type1 tun af_packet bridge veth macvlan)
# Those of the distribution's runtime.
java_modules=$(sed -n 's/^modules_to_run=//p' "$here/../../twinport")

[[ ${JAVA_HOME-} && -x $JAVA_HOME/bin/jlink ]] || die 1 "JAVA_HOME (${JAVA_HOME-not set}) has no bin/jlink: set it to a JDK 25 or newer"

make_it() {
  local out=$1 root tree=$1/tree release
  fetch guest "${packages[@]}"
  root=$fetched
  release=$(basename "$(echo "$root"/usr/lib/modules/*)")
  mkdir -p "$tree"/{usr/bin,usr/lib/x86_64-linux-gnu,usr/lib64,usr/lib/modules,proc,sys,dev,run,tmp,root,etc,var}
  ln -s usr/bin usr/lib usr/lib64 "$tree/"
  ln -s usr/bin "$tree/sbin"
  ln -s ../run "$tree/var/run"
  ln -s ../lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 "$tree/usr/lib64/"
  cp "$here/init" "$tree/init"
  cp "$root/usr/bin/busybox" "$tree/usr/bin/"
  for applet in $("$tree/usr/bin/busybox" --list); do
    [[ $applet == busybox ]] || ln -s busybox "$tree/usr/bin/$applet"
  done
  add_kernel_modules "$root" "$release" "$tree"
  add_java "$tree"
  rm -f "$tree/usr/bin/ip"
  cp "$root/usr/bin/ip" "$root/usr/sbin/bridge" "$tree/usr/bin/"
  cp -a "$libraries"/librte_*.so.* "$libraries/dpdk" "$tree/usr/lib/x86_64-linux-gnu/"
  add_libraries "$tree"
  in_guest "$tree" /jre/bin/java -version 2>/dev/null \
    || die 1 "the Java runtime of $JAVA_HOME does not run on the C library of Debian 13: choose a JDK that does"
  cp "$root/boot/vmlinuz-$release" "$out/vmlinuz"
  # Not compressed: it is read from the page cache, and the emulated CPU would take a second longer to unpack it.
  (cd "$tree" && find . -mindepth 1 | LC_ALL=C sort | "$tree/usr/bin/busybox" cpio -o -H newc -R 0:0 2>/dev/null) >"$out/base.cpio"
  (cd "$tree" && find . -mindepth 1 \( -path ./jre -o -path ./usr/lib/x86_64-linux-gnu -o -name java -o -name ip -o -name bridge \) \
    -prune -o -print | LC_ALL=C sort | "$tree/usr/bin/busybox" cpio -o -H newc -R 0:0 2>/dev/null) >"$out/small.cpio"
  rm -rf "$tree"
}

# The fetched programs run on the C library that they were fetched with.
in_guest() { "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" "$1$2" "${@:3}"; }

add_kernel_modules() {
  local root=$1 release=$2 tree=$3 to=$3/usr/lib/modules/$2 from=$1/usr/lib/modules/$2 all=$3.all name file
  # depmod looks below lib, and packages of Debian 13 have that folder below usr only.
  mkdir -p "$to" "$all"
  ln -s "$root/usr/lib" "$all/lib"
  kmod depmod -b "$all" -o "$all/out" "$release"
  for name in "${modules[@]}"; do
    # A line is `module: what it needs...`. The name may be spelt with - or _; what is built in has no line.
    awk -v name="${name//-/_}" '{ m = $1; sub(".*/", "", m); sub("\\.ko.*", "", m); gsub("-", "_", m) }
      m == name { sub(":", ""); print }' "$all/out/lib/modules/$release/modules.dep"
  done | tr ' ' '\n' | sort -u | while read -r file; do
    mkdir -p "$to/$(dirname "$file")"
    case $file in
      *.xz) "$tree/usr/bin/busybox" unxz -c "$from/$file" >"$to/${file%.xz}" ;;
      *) cp "$from/$file" "$to/$file" ;;
    esac
  done
  cp "$from"/modules.{order,builtin,builtin.modinfo} "$to/"
  kmod depmod -b "$tree" "$release"
  rm -rf "$all"
}

# kmod is one program under many names; the loader gives it the one that it is to have.
kmod() { "$libraries/ld-linux-x86-64.so.2" --argv0 "$1" --library-path "$libraries" "$root/usr/bin/kmod" "${@:2}"; }

add_java() {
  "$JAVA_HOME/bin/jlink" --add-modules "$java_modules" --strip-debug --no-man-pages --no-header-files \
    --generate-cds-archive --output "$1/jre" >"$1/../jlink.log" 2>&1 \
    || die 1 "jlink of $JAVA_HOME failed: $(tail -n 3 "$1/../jlink.log")"
  rm -f "$1/../jlink.log"
  ln -s /jre/bin/java "$1/usr/bin/java"
}

# Everything that a program or library in the tree is linked with, as the loader finds it.
add_libraries() {
  local tree=$1 file
  find "$tree/usr/bin/ip" "$tree/usr/bin/bridge" "$tree/usr/lib/x86_64-linux-gnu" "$tree/jre" -type f \( -name '*.so*' -o -perm -u+x \) |
    while read -r file; do
      "$libraries/ld-linux-x86-64.so.2" --library-path "$libraries:$tree/jre/lib:$tree/jre/lib/server" --list "$file" 2>/dev/null || true
    done | awk -v from="$libraries/" 'index($3, from) == 1 { print $3 }' | sort -u |
    while read -r file; do cp -L "$file" "$tree/usr/lib/x86_64-linux-gnu/"; done
  cp "$libraries/ld-linux-x86-64.so.2" "$tree/usr/lib/x86_64-linux-gnu/"
  # Loaded by name when a thread is cancelled, which EAL does at its end.
  cp -L "$libraries/libgcc_s.so.1" "$tree/usr/lib/x86_64-linux-gnu/"
}

cached "guest-$(key "$here/guest.sh" "$here/init" "$here/cache.sh" "$fetch_script" "$JAVA_HOME/release" <(echo "$java_modules"))"
