#!/bin/bash
# Regenerates the committed bindings, one package per DPDK release, from that release's own headers.
#
#   generate.sh
#
# Needs jextract on PATH, libdpdk-dev 22.11 installed, and apt's mirror for the headers of 24.11.
# Only for x86-64, as the layouts are.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
module=$(dirname "$here")
name=${0##*/}

die() { echo "$name: $1" >&2; exit 1; }

# Fails if one of the included names is missing, since jextract ignores those that it does not find.
check_complete() { # FOLDER
    local option symbol pattern missing=
    while read -r option symbol; do
        case $option in
        --include-constant) pattern=" $symbol\(\) \{" ;;
        --include-var)      pattern="class $symbol\\\$constants \{" ;;
        --include-*)        pattern="class $symbol \{" ;;
        *)                  continue ;;
        esac
        grep -qrE "$pattern" "$1" || missing+=" $symbol"
    done < "$here/dpdk.includes"
    [ -z "$missing" ] || die "not generated:$missing"
}

generate() { # RELEASE ROOT: ROOT is where the headers' packages were unpacked, empty for the machine itself
    local release=$1 root=$2
    local package=io.twinport.dpdk.v${release//./_}
    local folder=${package//./\/}

    local config=$root/usr/include/x86_64-linux-gnu/dpdk/rte_build_config.h
    [ -f "$config" ] || die "no headers of DPDK $release ($config): is libdpdk-dev installed?"
    local found
    found=$(awk '$2 == "RTE_VER_YEAR" { y = $3 } $2 == "RTE_VER_MONTH" { m = $3 }
                 END { printf "%d.%02d", y, m }' "$config")
    [ "$found" = "$release" ] || die "$config is of DPDK $found, not of $release"

    # jextract passes compiler flags on only from this file, and looks for it where it is started.
    # The instruction set is the one that libdpdk.pc asks for.
    mkdir "$work/$release"
    printf '%s\n' "-I${config%/*}" "-I$root/usr/include/dpdk" -march=corei7 > "$work/$release/compile_flags.txt"
    (cd "$work/$release" &&
     jextract "@$here/dpdk.includes" --header-class-name Dpdk -t "$package" --output out "$here/dpdk.h" \
         2> >(grep -v 'bitfields are not supported' >&2)) || die "jextract failed for DPDK $release"

    check_complete "$work/$release/out"
    rm -rf "$module/src/generated/java/$folder"
    mkdir -p "$module/src/generated/java/$folder"
    mv "$work/$release/out/$folder"/* "$module/src/generated/java/$folder/"
    echo "$package: $(cat "$module/src/generated/java/$folder"/*.java | wc -l) lines"
}

command -v jextract > /dev/null || die "jextract is not on PATH"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

generate 22.11 ""
"$module/debian/fetch.sh" trixie "$module/target/dpdk-24.11"
generate 24.11 "$module/target/dpdk-24.11/root"
