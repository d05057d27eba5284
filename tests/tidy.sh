#!/bin/bash
# clang-tidy over the native build's sources. `./elfin test tidy` builds first; by hand:
#
#   tests/tidy.sh [FILE…]         all sources of the project, or those named
set -u -o pipefail
cd "${BASH_SOURCE[0]%/*}/.." || exit 1
build=build/native
[[ -f $build/compile_commands.json ]] || { echo "configure $build first: ./elfin test native"; exit 1; }

if (($# > 0)); then
  files=("$@")
else
  mapfile -t files < <(find runtime decoder jit blockfs syscalls -name '*.cc' \
    -not -path '*/entry/*' | sort)
fi
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
export build results

check_one() {
  local name=$results/${1//\//_}
  if clang-tidy --quiet -p "$build" "$1" >"$name.out" 2>/dev/null; then
    : >"$name.passed"
  else
    : >"$name.failed"
    cat "$name.out"
  fi
}
export -f check_one
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -I{} bash -c 'check_one {}'

failed=$(find "$results" -name '*.failed' | wc -l)
passed=$(find "$results" -name '*.passed' | wc -l)
printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
