# shellcheck shell=bash
# static-checks.sh - what can be checked without running Gantry; sourced by check
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each static_NAME function is one check: silent and 0, or what is wrong and 1.

# shellcheck disable=SC2034 # used by check
static_checks=(format tidy shell python walls licence desktop metainfo translations schemas flatpak)

# tracked PATTERN…: the files of the tree, also those that are not committed yet.
tracked ()
{
  local file
  # Whoever owns the checkout (root in a container), listing its files is harmless.
  git -C "$SOURCE_DIR" -c safe.directory='*' ls-files --cached --others --exclude-standard -- "$@" \
    | while read -r file; do
      if [[ -f $SOURCE_DIR/$file ]]; then
        printf '%s\n' "$SOURCE_DIR/$file"
      fi
    done
}

c_files ()
{
  tracked 'src/*.c' 'src/*.h' 'src/*.cc' 'tests/*.c' 'tests/*.h' 'tests/*.cc'
}

# clang-format 14 is what the tree is formatted with; other versions differ in details.
static_format ()
{
  local tool
  tool=$(command -v clang-format-14 || command -v clang-format)
  c_files | xargs -r "$tool" --dry-run --Werror --style=file
}

# tidy_one FILE KEY: clang-tidy, unless this file with these headers was clean before.
tidy_one ()
{
  local stamp output
  stamp=$BUILD_DIR/tidy/$(sha256sum "$1" | cut -c1-16)-$2
  [[ -e $stamp ]] && return 0
  # The paths that lead to a finding are long; clang-tidy -p build FILE shows them.
  if ! output=$("$TIDY" --quiet -p "$BUILD_DIR" "$1" 2>&1); then
    printf '%s: clang-tidy failed\n%s\n' "$1" "$(tail -n 5 <<<"$output")"
    return 1
  fi
  grep -E '(warning|error): ' <<<"$output" && return 1
  touch "$stamp"
}

static_tidy ()
{
  local key
  TIDY=$(command -v clang-tidy-14 || command -v clang-tidy)
  mkdir -p "$BUILD_DIR/tidy"
  key=$({ cat "$SOURCE_DIR/.clang-tidy"; tracked '*.h' | xargs cat; } | sha256sum | cut -c1-16)
  export TIDY BUILD_DIR
  export -f tidy_one
  # The compile commands name what is built; a file that is not has no flags to be checked with.
  tracked 'src/*.c' 'src/*.cc' 'tests/unit/*.c' | while read -r file; do
    if grep -qF "${file#"$SOURCE_DIR"/}\"" "$BUILD_DIR/compile_commands.json"; then
      echo "$file"
    fi
  done | xargs -r -P "$(nproc)" -I {} bash -c 'tidy_one "$1" "$2"' tidy {} "$key"
}

static_shell ()
{
  local scripts
  mapfile -t scripts < <(tracked build-aux tests .ci | xargs grep -lE '^#!/bin/(ba)?sh')
  for script in "${scripts[@]}"; do
    bash -n "$script" || return 1
  done
}

static_python ()
{
  tracked build-aux tests src data | xargs grep -lE '^#!/usr/bin/python3' | while read -r file; do
    python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$file" || exit 1
  done
}

# The front ends see the engine, what DICOM means, and the base; only doorsteps see DCMTK.
static_walls ()
{
  local behind bad=0
  behind=$(cd "$SOURCE_DIR/src" && find net store -name '*.h' -printf '%f\n' | paste -sd '|')
  if tracked 'src/app/*' 'src/cli/*' \
    | xargs -r grep -nE "#[[:space:]]*include[[:space:]]*[<\"](dcmtk/|(.*/)?(${behind//./\\.})[>\"])"; then
    echo 'A front end looks behind the engine.'
    bad=1
  fi
  if tracked 'src/*.c' 'src/*.h' 'tests/*.c' 'tests/*.h' \
    | xargs -r grep -nE '#[[:space:]]*include[[:space:]]*[<"]dcmtk/'; then
    echo 'Only *.cc files may include DCMTK.'
    bad=1
  fi
  if tracked 'src/*.cc' | grep -vE '/src/(dicom|net)/'; then
    echo 'Only src/dicom and src/net have doorsteps.'
    bad=1
  fi
  return "$bad"
}

static_licence ()
{
  local bad=0
  while read -r file; do
    head -n 5 "$file" | grep -q 'SPDX-License-Identifier: ' && continue
    echo "$file names no licence"
    bad=1
  done < <(c_files; tracked build-aux tests/gui tests/interop .ci | xargs grep -lE '^#!/')
  return "$bad"
}

static_desktop ()
{
  desktop-file-validate "$BUILD_DIR/data/desktop/io.github.gantry.Gantry.desktop"
}

static_metainfo ()
{
  appstreamcli validate --no-net "$BUILD_DIR/data/desktop/io.github.gantry.Gantry.metainfo.xml"
}

# Complete, not only well formed: nothing untranslated and nothing guessed, against today's strings.
static_translations ()
{
  local language pot scratch statistics bad=0
  scratch=$(mktemp -d)
  pot=$scratch/gantry.pot
  "$SOURCE_DIR/po/update" --pot "$pot" || bad=1
  # xgettext cannot see through these macros and cuts the sentence there; PRIu64 it knows.
  if tracked 'src/*.c' 'src/*.cc' | xargs grep -nE '" ?G_GU?INT(64|32|16)_FORMAT' \
    | grep -E '_ ?\(|ngettext'; then
    echo 'A translatable sentence is cut by a format macro: use PRIu64 or PRId64.'
    bad=1
  fi
  while read -r language; do
    [[ -z $language || $language == \#* ]] && continue
    msgfmt --check -o /dev/null "$SOURCE_DIR/po/$language.po" || bad=1
    msgmerge -q --no-fuzzy-matching -o "$scratch/$language.po" "$SOURCE_DIR/po/$language.po" "$pot"
    statistics=$(msgfmt --statistics -o /dev/null "$scratch/$language.po" 2>&1)
    if [[ $statistics == *untranslated* || $statistics == *fuzzy* ]]; then
      echo "$language: $statistics"
      msgattrib --untranslated --no-obsolete "$scratch/$language.po" | grep '^msgid' | head -n 40
      bad=1
    fi
  done <"$SOURCE_DIR/po/LINGUAS"
  rm -rf "$scratch"
  return "$bad"
}

static_schemas ()
{
  glib-compile-schemas --strict --dry-run "$SOURCE_DIR/data"
}

static_flatpak ()
{
  python3 -m json.tool "$SOURCE_DIR/flatpak/io.github.gantry.Gantry.json" /dev/null
}
