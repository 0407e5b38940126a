#!/bin/sh
# A hook of libvirt for guests, made by 'twinport host install-hook'; 'twinport host remove-hook' takes it away.
# libvirt calls it for each guest and each event, and waits for its end without a limit. It looks only at a guest that comes from
# another host and has a pair, for 2 s at most, and asks no libvirt, which would wait for itself.

# libvirt takes what a hook prints on stdout for the guest's new document.
exec >&2

[ "${2-} ${3-}" = 'migrate begin' ] || exit 0

# A fault of its own says nothing of the guest: it is logged, and this says whether the guest may come (pass) or not (refuse).
on_error=@ON_ERROR@
failed() {
  logger -t twinport-hook -p daemon.warning "the check of ${1-} has failed ($2): $on_error" 2>/dev/null || :
  [ "$on_error" = refuse ] || exit 0
  echo "twinport: refused, since the check has failed ($2), and 'install-hook --on-error refuse' says so"
  exit 1
}

# One byte more than the longest document that is read.
xml=$(timeout -s KILL 2 head -c 2097153) || failed "${1-}" 'no document on stdin'
case $xml in
  *'<teaming'* | *failover_pair_id*) ;;
  *) exit 0 ;;
esac

# timeout is also what AppArmor's profile of libvirtd lets be started, and with it all else.
said=$(printf '%s\n' "$xml" 2>/dev/null | timeout -s KILL 2 @COMMAND@ 2>&1)
code=$?
case $code in
  0) exit 0 ;;
  4)
    printf '%s\n' "$said"
    logger -t twinport-hook -p daemon.notice "${1-} is refused: $said" 2>/dev/null || :
    exit 1
    ;;
  124 | 137) failed "${1-}" 'no answer within 2 s' ;;
  *) failed "${1-}" "exit code $code: $said" ;;
esac
