# For the scripts beside it: things that take long to make, kept outside the tree under a name that says what they were made of.
# shellcheck shell=bash
fetch_script=$(readlink -f "${BASH_SOURCE[0]%/*}/../../native-bindings/debian/fetch.sh")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/twinport/lab
suite=trixie

die() { echo "${0##*/}: $2" >&2; exit "$1"; }

# A name for the content of some files.
key() { cat "$@" | sha256sum | cut -c 1-16; }

# cached NAME: prints the folder NAME, made by `make_it FOLDER` of the calling script where it was not there yet. It is made
# aside, so that it is complete or absent, and two callers at a time make it once. Not to be called from a condition or in
# `$(...)`: bash would not let `set -e` end it.
cached() {
  local folder=$cache/$1
  mkdir -p "$cache" || die 1 "cannot write to $cache: set XDG_CACHE_HOME to a folder that you may write to"
  exec 9>"$cache/lock"
  flock 9
  if [[ ! -d $folder ]]; then
    echo "${0##*/}: making $folder ..." >&2
    rm -rf "$folder.tmp"
    mkdir "$folder.tmp"
    make_it "$folder.tmp" >&2
    mv "$folder.tmp" "$folder"
    # What nobody has asked for in two weeks is made of something old.
    find "$cache" -mindepth 1 -maxdepth 1 -type d -mtime +14 -exec rm -rf {} +
  fi
  touch "$folder"
  echo "$folder"
}

# fetch NAME PACKAGE...: leaves the folder below which they are unpacked in `fetched`.
fetch() {
  local name=$1 folder
  shift
  command -v dpkg-deb apt-get >/dev/null || die 2 "packages of Debian are needed, and this machine has no apt-get or dpkg-deb"
  folder=$cache/$name-packages-$(echo "$suite $*" | sha256sum | cut -c 1-16)
  "$fetch_script" "$suite" "$folder" "$@" >&2 || die 2 "cannot fetch from Debian $suite: $*"
  touch "$folder"
  fetched=$folder/root
  libraries=$fetched/usr/lib/x86_64-linux-gnu
}
