#!/usr/bin/env bash
# A host with libvirt, as root: `host.sh TREE GUEST NAME ADDRESS`, in network, mount, process, UTS and IPC namespaces of its own.
# It lasts until its standard input ends, and nothing of it is left on the machine then.
#
#   eth0 == nic == vf0 ----- the guest's primary       nic: the switch in a NIC, a bridge
#            \\= pf0sw -- pf0 == br0 == tap01 -- the guest's standby
#
# TREE: of libvirt.sh. GUEST: a folder, /lab in the host. The other end of eth0 is `wire`, for whoever connects it.
set -euo pipefail
tree=$1 guest=$2 name=$3 address=$4

export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
mount --make-rprivate /
ip link set lo up
ip link add br0 address "02:00:00:00:ff:${address##*.}" type bridge forward_delay 0
ip addr add "$address/24" dev br0
ip link add nic type bridge forward_delay 0 mcast_snooping 0
ip link add eth0 type veth peer name wire
ip link add pf0 type veth peer name pf0sw
ip tuntap add vf0 mode tap
ip link set eth0 master nic
ip link set pf0sw master nic
ip link set vf0 master nic
ip link set pf0 master br0
# A NIC learns nothing: what is for no VF's address goes to the PF, or to the wire.
for each in eth0 pf0sw vf0; do bridge link set dev "$each" learning off; done
bridge link set dev vf0 flood off
for each in br0 nic eth0 pf0sw pf0 vf0; do ip link set "$each" up; done

# All that it writes is in memory. The folder is the one of the packages, of which only this process sees another content.
cd "$tree/.."
mkdir -p host
mount -t tmpfs -o mode=755 tmpfs host
mkdir host/{upper,work,root}
mount -t overlay overlay -o "lowerdir=$tree,upperdir=host/upper,workdir=host/work" host/root
cd host/root
mkdir -p dev proc sys run lab etc/libvirt var/log/libvirt
mount --rbind /dev dev
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs tmpfs run
mount --bind "$guest" lab
hostname "$name"
ln -sf bash usr/bin/sh
rm -rf var/run
ln -s ../run var/run
mkdir -p run/libvirt
printf '%s\n' root:x:0:0::/root:/bin/bash nobody:x:65534:65534::/:/bin/false libvirt-qemu:x:64055:104::/:/bin/false >etc/passwd
printf '%s\n' root:x:0: nogroup:x:65534: kvm:x:104: libvirt:x:105: libvirt-qemu:x:64055: >etc/group
printf '127.0.0.1 localhost\n%s %s\n' "$address" "$name" >etc/hosts
printf 'passwd: files\ngroup: files\nhosts: files\n' >etc/nsswitch.conf
# Two daemons with one UUID would be one host. The guest's data goes to `address`.
cat >etc/libvirt/libvirtd.conf <<END
host_uuid = "$(cat /proc/sys/kernel/random/uuid)"
auth_unix_rw = "none"
auth_unix_ro = "none"
listen_tls = 0
listen_tcp = 1
auth_tcp = "none"
listen_addr = "$address"
END
cat >etc/libvirt/qemu.conf <<END
user = "root"
group = "root"
security_driver = "none"
cgroup_controllers = []
namespaces = []
remember_owner = 0
stdio_handler = "file"
seccomp_sandbox = 0
migration_host = "$address"
migration_address = "$address"
END

# bash is the first process: it takes leave of each QEMU that ends, which libvirtd in its place would not. A libvirtd that has ended
# comes again, unless /run/libvirtd.off is there.
# shellcheck disable=SC2016
exec env -i PATH=/usr/sbin:/usr/bin LC_ALL=C chroot . bash -c '
  while sleep 0.2; do
    [[ -e /run/libvirtd.off ]] || /usr/sbin/libvirtd --listen </dev/null >>/var/log/libvirt/libvirtd.out 2>&1
  done &
  cat >/dev/null'
