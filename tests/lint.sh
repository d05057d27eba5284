#!/bin/bash
# Checks the form of the tree: clang-format, who includes whom, file length, READMEs, a test for every
# table row, scripts that parse. Prints what is wrong as file:line: sentence and, last, the counts.
#
#   tests/lint.sh [CHECK…]        all of them, or those named
set -u -o pipefail
cd "${BASH_SOURCE[0]%/*}/.." || exit 1
. tests/lint/files.sh
. tests/lint/includes.sh
. tests/lint/tables.sh

checks=(format includes doors length names readmes words instruction_rows syscall_rows shell javascript)
(($# > 0)) && checks=("$@")

passed=0 failed=0
for check in "${checks[@]}"; do
  found=$("check_$check" 2>&1)
  complaints=$(grep -v '^warning: ' <<<"$found")
  if [[ $found ]]; then printf '%s\n' "$found" | cut -c 1-300; fi
  if [[ $complaints ]]; then
    printf 'FAILED: %s\n' "$check"
    ((++failed))
  else
    ((++passed))
  fi
done
printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
