# Steps that say what they do, how far they are and, when they fail, where to look.
#
#   begin_steps "setting up" 5
#   step "Debian packages" packages install_packages     → log in build/log/packages.log
#
# A step's command runs with its output in the log. While it takes long, a line says so: on a
# terminal the log's latest line, rewritten in place; elsewhere one line every half minute.

complain() { printf 'elfin: %s\n' "$*" >&2; }

die() {
  complain "$*"
  exit 1
}

# note TEXT: something that a step wants to show besides its log (descriptor 3 is the terminal).
note() { printf '        %s\n' "$*" >&3; }

begin_steps() {
  steps_title=$1 steps_total=$2 steps_done=0 steps_started=$SECONDS
  exec 3>&1
  mkdir -p "$ELFIN_LOG" || die "can't write to $ELFIN_LOG"
  trap 'stop_ticker; complain "interrupted; the same command goes on from here"; exit 130' INT TERM HUP
}

end_steps() {
  trap - INT TERM HUP
  printf 'elfin: %s: done in %s\n' "$steps_title" "$(duration $((SECONDS - steps_started)))"
}

duration() {
  if (($1 < 60)); then echo "$1 s"; else printf '%d min %02d s\n' $(($1 / 60)) $(($1 % 60)); fi
}

# step TEXT NAME COMMAND [ARGUMENT…]: the next step; ends the launcher when it fails.
step() {
  local text=$1 name=$2 status
  shift 2
  logged_step "$text" "$name" "$@" || {
    status=$?
    explain_failure "$text" "$status" "$ELFIN_LOG/$name.log" "$@"
    exit 1
  }
}

# logged_step TEXT NAME COMMAND [ARGUMENT…]: the same, but the caller decides what a failure means.
logged_step() {
  local text=$1 name=$2 status started=$SECONDS
  local log=$ELFIN_LOG/$name.log
  shift 2
  ((++steps_done))
  printf '[%d/%d] %s\n' "$steps_done" "$steps_total" "$text"
  start_ticker "$log" "$text"
  # A subshell: a step may change folders, and its `exit` ends only itself. It leaves the command
  # that failed, if it names one, in a file beside the log.
  rm -f "$log.command"
  ("$@") >"$log" 2>&1 </dev/null
  status=$?
  stop_ticker
  if ((SECONDS - started >= 3 && status == 0)); then
    printf '        %s (%s since the start)\n' \
      "$(duration $((SECONDS - started)))" "$(duration $((SECONDS - steps_started)))"
  fi
  return "$status"
}

# try COMMAND [ARGUMENT…]: runs it inside a step and remembers it for the message if it fails.
try() {
  printf '+ %s\n' "$*"
  "$@" || {
    local status=$?
    printf '%s' "$*" >"${step_log:-$ELFIN_LOG/step}.command"
    return "$status"
  }
}

explain_failure() {
  local text=$1 status=$2 log=$3 command
  shift 3
  command=$*
  [[ -s $log.command ]] && command=$(<"$log.command")
  {
    printf '\nelfin: the step "%s" failed (status %d after %s)\n' \
      "$text" "$status" "$(duration $((SECONDS - steps_started)))"
    printf '  command: %s\n  log:     %s' "$command" "$log"
    if [[ -s $log ]]; then
      printf ', which ends:\n'
      tail -n 20 "$log" | sed 's/^/    | /'
    else
      printf ' (empty)\n'
    fi
    printf 'Repair what it names and give the same command again; finished steps are not repeated.\n'
  } >&2
}

ticker=
start_ticker() {
  step_log=$1
  local text=$2 launcher=$$ terminal=0
  [[ -t 1 ]] && terminal=1
  tick "$step_log" "$text" "$launcher" "$terminal" &
  ticker=$!
}

stop_ticker() {
  [[ $ticker ]] || return 0
  kill "$ticker" 2>/dev/null
  wait "$ticker" 2>/dev/null
  ticker=
  [[ -t 1 ]] && printf '\r\e[K'
  return 0
}

# tick LOG TEXT LAUNCHER TERMINAL: the lines that say that a long step is still going.
tick() {
  local log=$1 text=$2 launcher=$3 terminal=$4 started=$SECONDS pipe line pause=30
  trap - INT TERM HUP
  ((terminal)) && pause=1
  exec {pipe}<> <(:) # nothing ever arrives: `read -t` on it is a sleep without a process
  while ! read -r -t "$pause" -u "$pipe" && kill -0 "$launcher" 2>/dev/null; do
    line=$(tail -n 1 "$log" 2>/dev/null | tr -d '\r\033' | cut -c 1-90)
    if ((terminal)); then
      printf '\r\e[K        %s  %s' "$(duration $((SECONDS - started)))" "$line"
    else
      printf '        still at it after %s: %s\n' "$(duration $((SECONDS - started)))" "$line"
    fi
  done
}
