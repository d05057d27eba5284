#!/bin/bash
# Instructions and blocks three ways: on the processor, interpreted, translated.
#   translated_test.sh INSN_FUZZ NODE DIRECTORY [EACH [BLOCKS [SEED]]]
# DIRECTORY has cpu.wasm and jit.wasm. EACH: cases of each row × width × form (0: none); BLOCKS: random
# blocks. The last line is `N passed, N failed`; a case counts once, a harness that breaks as a failure.
fuzz=$1 node=$2 directory=$3 each=${4:-60} blocks=${5:-25000} seed=${6:-1}
scratch=$(mktemp -d) || exit
trap 'rm -rf "$scratch"' EXIT
mkfifo "$scratch/cases" || exit

# three_ways OPTION…: of insn_fuzz
three_ways() {
  local native=0 translated=0 pid
  "$fuzz" --seed "$seed" "$@" --emit "$scratch/cases" >"$scratch/native" 2>&1 &
  pid=$!
  "$node" "$(dirname "$0")/run_translated.mjs" "$directory" "$scratch/cases" >"$scratch/translated" || translated=$?
  wait "$pid" || native=$?
  cat "$scratch/native" "$scratch/translated"
  if ((native > 1)) || ! grep -q ' passed, ' "$scratch/translated"; then
    echo "0 passed, 1 failed"
  fi
  ((native == 0 && translated == 0))
}

status=0
((each == 0)) || three_ways --each "$each" >"$scratch/log" || status=1
((blocks == 0)) || three_ways --blocks "$blocks" >>"$scratch/log" || status=1
cat "$scratch/log"
awk '/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 }
  / differences$/ { failed += $(NF - 1) }
  END { printf "%d passed, %d failed\n", passed, failed }' "$scratch/log"
exit "$status"
