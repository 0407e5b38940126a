#!/bin/bash
# service-box.sh TREE FOLDER MAC: the first process of a machine of its own, in namespaces that its caller has made for it.
# Its root is TREE, over which all that is written goes to memory; FOLDER, which is empty, only holds the mounts. Two interfaces
# have the address MAC as the sides of a port have it, ens7 has its own, and tw0 is a TAP with the address of the port.
set -euo pipefail
umask 022 # its services are users of their own, and a test before may have kept all files of this process to itself
tree=$1 folder=$2 mac=$3

mount -t tmpfs box "$folder"
mkdir "$folder"/{upper,work,root}
mount -t overlay box -o "lowerdir=$tree,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
cd "$folder/root"
mkdir -p proc sys dev/net run tmp root var etc
rm -rf var/run
ln -s /run var/run
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys # read-only: services then do without udev
for name in run tmp dev; do mount -t tmpfs "$name" "$name"; done
mkdir dev/net
for name in null zero random urandom net/tun; do
  touch "dev/$name"
  mount --bind "/dev/$name" "dev/$name"
done

cat >etc/passwd <<END
root:x:0:0::/root:/bin/sh
messagebus:x:101:101::/:/bin/false
systemd-network:x:102:102::/:/bin/false
dhcpcd:x:103:103::/:/bin/false
END
printf '%s\n' root:x:0: messagebus:x:101: systemd-network:x:102: dhcpcd:x:103: >etc/group
tr -d - </proc/sys/kernel/random/uuid >etc/machine-id
touch service-box

in_box() { PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . "$@"; }
in_box ip link set lo up
for name in ens1 ens5; do in_box ip link add "$name" address "$mac" type veth peer name "to-$name"; done
in_box ip link add ens7 type veth peer name to-ens7
for name in ens1 ens5 ens7; do in_box ip link set "to-$name" up; done
in_box ip tuntap add tw0 mode tap
in_box ip link set tw0 address "$mac"

echo ready
# It ends when whoever has started it is no more there to keep the pipe open.
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot . cat
