# shellcheck shell=bash
# common.sh - what build-aux/run, check and screenshots share; sourced, never run
# SPDX-License-Identifier: GPL-3.0-or-later

SOURCE_DIR=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
BUILD_DIR=$SOURCE_DIR/build

# The distribution's Python comes first: python3-gi and python3-pydicom belong to it.
export PATH=/usr/bin:/bin:/usr/sbin:/sbin:$PATH

say ()
{
  printf '%s\n' "$*" >&2
}

die ()
{
  say "${0##*/}: $*"
  exit 1
}

# need_packages GROUP…: installs what is missing of these groups of build-aux/packages.
# Nothing missing: no root, no network.
need_packages ()
{
  local name group wanted missing=() as_root=()

  command -v dpkg-query >/dev/null || {
    say "This is not Debian: install what build-aux/packages names, in your distribution's words."
    return 0
  }

  while read -r name group; do
    [[ -z $name || $name == \#* ]] && continue
    for wanted in "$@"; do
      [[ $group == "$wanted" ]] || continue
      dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed \
        || missing+=("$name")
    done
  done <"$SOURCE_DIR/build-aux/packages"

  ((${#missing[@]})) || return 0

  say "Missing packages: ${missing[*]}"
  if ((EUID != 0)); then
    # Where nobody can type a password, sudo must not ask for one.
    if ! command -v sudo >/dev/null || { [[ ! -t 0 ]] && ! sudo -n true 2>/dev/null; }; then
      die "they need root: apt-get install ${missing[*]}"
    fi
    as_root=(sudo)
    [[ -t 0 ]] || as_root=(sudo -n)
  fi

  "${as_root[@]}" apt-get update -qq >&2 \
    || die "no package lists; with a network: apt-get install ${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >&2 \
    || die "could not install: ${missing[*]}"
}

# configure DIR OPTION…: sets a build folder up once, and again only when the options changed.
configure ()
{
  local dir=$1 stamp
  shift

  stamp=$dir/.configured-with
  if [[ -f $dir/build.ninja && -f $stamp && $(<"$stamp") == "${CC-} $*" ]]; then
    return 0
  fi

  if [[ -f $dir/meson-private/coredata.dat ]]; then
    meson setup --wipe "$dir" "$SOURCE_DIR" "$@" >&2
  else
    meson setup "$dir" "$SOURCE_DIR" "$@" >&2
  fi
  printf '%s' "${CC-} $*" >"$stamp"
}

# build DIR [TARGET…]: quiet when there is nothing to do; the whole output when it fails.
build ()
{
  local dir=$1 log
  shift

  log=$dir/build.log
  if ! ninja -C "$dir" "$@" >"$log" 2>&1; then
    cat "$log" >&2
    die "the build failed; the output is in $log"
  fi
}

# Everything the workstation looks for once it is installed, found in the trees.
use_build_tree ()
{
  export GSETTINGS_SCHEMA_DIR=$BUILD_DIR/data
  export XDG_DATA_DIRS=$SOURCE_DIR/data:${XDG_DATA_DIRS:-/usr/local/share:/usr/share}
}
