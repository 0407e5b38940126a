#!/bin/bash
# Unpacks packages of any Debian suite, DPDK above all, without installing anything.
#
#   fetch.sh SUITE DIR [PACKAGE...]
#
# Downloads the PACKAGEs of SUITE with all that they depend on, libc and its loader included, and unpacks
# them in DIR/root; no maintainer script runs. A -dev package is unpacked alone: headers are wanted of it,
# and libdpdk-dev depends on every driver there is. Of librte-eal25 and librte-net-e1000-25 the names
# without the number are enough.
# Without PACKAGE: headers, EAL, ethdev and the virtual devices null, ring, virtio_user, vhost and tap.
#
# Mirror, keyring and proxy are those of the machine's own apt, whose state is not touched.
# DIR belongs below a directory that only its owner can write: EAL takes plug-ins from nowhere else.
# Exit status: 0 done or already there, 1 wrong use or unknown package, 2 mirror or suite not reachable.
# shellcheck disable=SC1091,SC2016
set -euo pipefail

die() { echo "${0##*/}: $2" >&2; exit "$1"; }

[ $# -ge 2 ] || die 1 "usage: ${0##*/} SUITE DIR [PACKAGE...]"
suite=$1 dir=$2
shift 2
[ $# -gt 0 ] || set -- libdpdk-dev librte-{eal,ethdev,mbuf,mempool,ring,vhost,bus-vdev,bus-pci,mempool-ring} \
                       librte-net-{null,ring,virtio,vhost,tap}

# The same request again costs nothing.
stamp="$suite $(dpkg --print-architecture) $*"
if [ "$(cat "$dir/stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

# The machine's entry for Debian's archive is the one that serves main of the running release. Where apt
# has never fetched an index it lists none, nor any origin, unless it is told to do without.
codename=$(. /etc/os-release; echo "${VERSION_CODENAME:-}")
format='$(ORIGIN) $(RELEASE) $(COMPONENT) $(SITE) $(SOURCESENTRY)'
entry=$({ apt-get indextargets --format "$format"; apt-get indextargets --no-release-info --format "$format"; } |
    awk -v c="$codename" '$1 ~ /^(Debian|\$.*)$/ && $2 == c && $3 == "main" && !n++ { print $4, $5 }')
[ -n "$entry" ] || die 2 "apt knows no source for main of Debian '$codename', so there is no mirror to ask"
site=${entry% *} file=${entry##* } number=${entry##*:}
file=${file%:*}

# How that entry names its keyring: a field of stanza $number, or an option on line $number.
# None at all is fine too: apt then falls back on the keys that the machine trusts.
case $file in
*.sources) signed_by=$(sed '/^#/d' "$file" | awk -v n="$number" -v RS= 'NR == n' |
               awk '/^[^ \t]/ { on = tolower($0) ~ /^signed-by:/ } on') ;;
*)         signed_by=$(sed -nE "$number"'s/^[^]]*[[ ]signed-by=([^] ]+).*/Signed-By: \1/p' "$file") ;;
esac

# All work is done aside, so that DIR is complete or absent.
mkdir -p "$(dirname "$dir")"
tmp=$(realpath "$dir").tmp.$$
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp"/{root,debs/partial,lists/partial,dpkg,cache}
touch "$tmp/dpkg/status" # empty: nothing counts as installed, so the closure reaches down to libc6

cat > "$tmp/debian.sources" <<END
Types: deb
URIs: $site
Suites: $suite
Components: main
Targets: Packages
$signed_by
END
# A file given with -c is read last, after the machine's own configuration.
# The hooks go because they would act on the machine, the sandbox user because $tmp is ours.
cat > "$tmp/apt.conf" <<END
Dir::State "$tmp";
Dir::State::lists "$tmp/lists";
Dir::State::status "$tmp/dpkg/status";
Dir::Cache "$tmp/cache";
Dir::Cache::archives "$tmp/debs";
Dir::Log "$tmp";
Dir::Etc::sourcelist "$tmp/debian.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Default-Release;
APT::Install-Recommends "false";
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::Retries "2";
END
apt() { local tool=$1; shift; "apt-$tool" -c "$tmp/apt.conf" -qq "$@"; }

apt get update --error-on=any || die 2 "suite '$suite' cannot be read from $site"

# Runtime packages carry the ABI version in their name, which differs by suite.
names=$(apt cache pkgnames)
dev=() run=()
for p in "$@"; do
    name=$(sort <<< "$names" | awk -v p="$p" 'index($0, p) == 1 && substr($0, length(p) + 1) ~ /^(-?[0-9]+)?$/' | sed -n 1p)
    [ -n "$name" ] || die 1 "suite '$suite' has no package '$p'"
    if [[ $name == *-dev ]]; then dev+=("$name"); else run+=("$name"); fi
done

echo fetching "${run[@]}" "${dev[@]}" "($suite)"
if [ ${#run[@]} -gt 0 ]; then
    apt get install --yes --download-only "${run[@]}" > "$tmp/log" 2>&1 || die 2 "$(tail -n 3 "$tmp/log")"
fi
if [ ${#dev[@]} -gt 0 ]; then
    (cd "$tmp/debs" && apt get download "${dev[@]}") || die 2 "cannot download ${dev[*]}"
fi
for deb in "$tmp"/debs/*.deb; do dpkg-deb -x "$deb" "$tmp/root"; done

# Only the tree is kept, without what nobody needs of a -dev package: static libraries, and links to
# libraries that were not fetched.
find "$tmp/root" \( -name '*.a' -o -xtype l \) -delete
find "$tmp" -mindepth 1 -maxdepth 1 ! -name root -exec rm -rf {} +
echo "$stamp" > "$tmp/stamp"
rm -rf "$dir"
mv "$tmp" "$dir"
