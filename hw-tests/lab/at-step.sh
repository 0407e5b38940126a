#!/usr/bin/env bash
# Runs a command of twinport's, and plants a fault at one: `at-step.sh FOLDER COMMAND...`.
#
# Commands that change something are counted, in FOLDER/commands. FOLDER/fault, where it is there, holds `NUMBER KIND SOURCE TARGET`: which
# command, what happens to it, and a process in each host.
set -euo pipefail
folder=$1
shift

case " $* " in
*" domif-setlink "* | *" detach-device-alias "* | *" attach-device "* | *" migrate "* | *" fdb replace "* | *" fdb add "* | *" fdb del "*) ;;
*) exec "$@" ;;
esac
echo "$*" >>"$folder/commands"
[[ -e $folder/fault ]] || exec "$@"
read -r number kind source target <"$folder/fault"
(($(wc -l <"$folder/commands") == number)) || exec "$@"

# kill_in HOST FILE: the process whose number within the host is in a file there.
# shellcheck disable=SC2016
kill_in() { nsenter -t "$1" -m -p -r bash -c 'kill -9 $(<"$0")' "$2" || true; }

midway() { sleep 0.3; }

case $kind in
fails) echo "error: a planted fault" >&2 && exit 1 ;;
fails-after) "$@" || true && echo "error: a planted fault" >&2 && exit 1 ;;
hangs) exec sleep 60 ;;
# twinport itself.
killed-before) kill -9 "$PPID" ;;
killed-midway) "$@" & midway && kill -9 "$PPID" && wait ;;
killed-after) "$@" || true && kill -9 "$PPID" ;;
# The command.
virsh-killed) "$@" & midway && kill -9 $! && wait ;;
# The daemons come again.
source-libvirtd) kill_in "$source" /run/libvirtd.pid && exec "$@" ;;
target-libvirtd) "$@" & midway && kill_in "$target" /run/libvirtd.pid && wait $! ;;
target-qemu) "$@" & midway && kill_in "$target" /run/libvirt/qemu/vm01.pid && wait $! ;;
*) echo "at-step.sh: no fault is called $kind" >&2 && exit 2 ;;
esac
