# ./elfin demo: π by Debian's own bc, natively and in Elfin, digits compared, times beside each other.

demo() {
  local places=1000 native=$ELFIN_BUILD/demo/native guest=$ELFIN_BUILD/demo/elfin
  local native_time guest_time program="scale=1000; 4*a(1)"
  (($# == 0)) || { complain "demo takes no arguments"; exit 125; }
  begin_steps "demo" $((setup_step_count + 2))
  take_locks_and setup_steps
  mkdir -p "$ELFIN_BUILD/demo"
  printf '%s\n' "$program" >"$ELFIN_BUILD/demo/input"
  step "π to $places places, natively: bc on this processor" demo-native \
    timed "$native" /usr/bin/bc -lq
  step "π to $places places, in Elfin: the same /usr/bin/bc in WebAssembly" demo-elfin \
    timed "$guest" "$ELFIN_TOP/elfin" run --root / --cwd / -- /usr/bin/bc -lq
  end_steps
  native_time=$(<"$native.time")
  guest_time=$(<"$guest.time")

  printf '\n'
  sed 's/\\$//' "$guest"
  printf '\n'
  if ! cmp -s "$native" "$guest"; then
    complain "these digits differ from native's: compare $native and $guest"
    exit 1
  fi
  awk -v n="$native_time" -v e="$guest_time" -v places="$places" 'BEGIN {
    printf "π to %d places; every digit equals native'"'"'s.\n", places
    printf "processor time: native %.2f s, Elfin %.2f s: %.0f times native\n", n, e, e / (n > 0 ? n : 0.01)
  }'
}

# timed OUTPUT COMMAND…: runs it on the demo's input; its processor time (user, seconds) beside OUTPUT.
timed() {
  local output=$1 status TIMEFORMAT=%U
  shift
  echo "+ $* <$ELFIN_BUILD/demo/input"
  { time "$@" <"$ELFIN_BUILD/demo/input" >"$output" 2>"$output.errors"; } 2>"$output.time"
  status=$?
  cat "$output.errors"
  echo "processor time, user: $(<"$output.time") s"
  return "$status"
}
