# ./elfin demo: π by Debian's own bc, natively and in Elfin with its translator: digits compared, times
# beside each other, and how much of the program ran translated.

demo() {
  local places=1000 native=$ELFIN_BUILD/demo/native guest=$ELFIN_BUILD/demo/elfin
  local stats=$ELFIN_BUILD/demo/stats.json program="scale=1000; 4*a(1)"
  (($# == 0)) || { complain "demo takes no arguments"; exit 125; }
  begin_steps "demo" $((setup_step_count + 2))
  take_locks_and setup_steps
  mkdir -p "$ELFIN_BUILD/demo"
  printf '%s\n' "$program" >"$ELFIN_BUILD/demo/input"
  step "π to $places places, natively: bc on this processor" demo-native \
    timed "$native" /usr/bin/bc -lq
  step "π to $places places, in Elfin: the same /usr/bin/bc in WebAssembly" demo-elfin \
    timed "$guest" "$ELFIN_TOP/elfin" run --root / --cwd / --jit on --stats "$stats" -- /usr/bin/bc -lq
  end_steps

  printf '\n'
  sed 's/\\$//' "$guest"
  printf '\n'
  if ! cmp -s "$native" "$guest"; then
    complain "these digits differ from native's: compare $native and $guest"
    exit 1
  fi
  demo_figures "$places" "$native.time" "$guest.time" "$stats"
}

# demo_figures PLACES NATIVE_TIME GUEST_TIME STATS: the last lines, from the files that the runs left.
demo_figures() {
  awk -v places="$1" '
    FNR == 1 { ++file }
    file < 3 { seconds[file] = $1 + $2 }
    file == 3 && $1 == "\"translatedShare\":" { share = $2 + 0 }
    END {
      printf "π to %d places; every digit equals native'"'"'s.\n", places
      printf "processor time: native %.2f s, Elfin %.2f s, all included: %.1f times native\n",
        seconds[1], seconds[2], seconds[2] / (seconds[1] > 0 ? seconds[1] : 0.01)
      printf "translated: %.1f %% of the instructions that bc ran\n", 100 * share
    }' "$2" "$3" "$4"
}

# timed OUTPUT COMMAND…: runs it on the demo's input; its processor time, user and system, beside OUTPUT.
timed() {
  local output=$1 status TIMEFORMAT='%U %S'
  shift
  echo "+ $* <$ELFIN_BUILD/demo/input"
  { time "$@" <"$ELFIN_BUILD/demo/input" >"$output" 2>"$output.errors"; } 2>"$output.time"
  status=$?
  cat "$output.errors"
  echo "processor time, user and system: $(<"$output.time") s"
  return "$status"
}
