# ./elfin demo: π by Debian's own bc, natively and in Elfin with its translator: digits compared, times
# beside each other, and how much of the program ran translated.

demo() {
  local places=1000 native=$ELFIN_BUILD/demo/native guest=$ELFIN_BUILD/demo/elfin
  local stats=$ELFIN_BUILD/demo/stats.json program="scale=1000; 4*a(1)"
  (($# == 0)) || { complain "demo takes no arguments"; exit 125; }
  local again=$ELFIN_BUILD/demo/again cache=$ELFIN_BUILD/demo/translations
  begin_steps "demo" $((setup_step_count + 3))
  take_locks_and setup_steps
  mkdir -p "$ELFIN_BUILD/demo"
  printf '%s\n' "$program" >"$ELFIN_BUILD/demo/input"
  step "π to $places places, natively: bc on this processor" demo-native \
    timed "$native" /usr/bin/bc -lq
  rm -rf "$cache" # so that the first run is one
  set -- "$ELFIN_TOP/elfin" run --root / --cwd / --jit on --jit-cache "$cache" --stats "$stats"
  step "π to $places places, in Elfin: the same /usr/bin/bc in WebAssembly, for the first time" demo-elfin \
    timed "$guest" "$@" -- /usr/bin/bc -lq
  step "… and once more, with the translations that the first run has kept" demo-again \
    timed "$again" "$@" -- /usr/bin/bc -lq
  end_steps

  printf '\n'
  sed 's/\\$//' "$guest"
  printf '\n'
  local digits
  for digits in "$guest" "$again"; do
    cmp -s "$native" "$digits" && continue
    complain "these digits differ from native's: compare $native and $digits"
    exit 1
  done
  demo_figures "$places" "$native.time" "$guest.time" "$again.time" "$stats"
  printf '\nA Linux terminal in a browser: ./elfin serve, then open http://127.0.0.1:8080/\n'
}

# demo_figures PLACES NATIVE_TIME FIRST_TIME LATER_TIME STATS: the last lines, from the files that the runs
# left.
demo_figures() {
  awk -v places="$1" '
    FNR == 1 { ++file }
    file < 4 { seconds[file] = $1 + $2 }
    file == 4 && $1 == "\"translatedShare\":" { share = $2 + 0 }
    END {
      printf "π to %d places; every digit equals native'"'"'s.\n", places
      native = seconds[1] > 0 ? seconds[1] : 0.01
      printf "processor time, all included: native %.2f s\n", seconds[1]
      printf "  Elfin, first run                        %.2f s: %.1f times native\n",
        seconds[2], seconds[2] / native
      printf "  Elfin, later run (kept translations)    %.2f s: %.1f times native\n",
        seconds[3], seconds[3] / native
      printf "translated: %.1f %% of the instructions that bc ran\n", 100 * share
    }' "$2" "$3" "$4" "$5"
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
