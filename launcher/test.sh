# ./elfin test [SUITE…]: set-up, then the suites, each with its own line of counts, and their sum as
# the last line: `N passed, N failed[, N skipped]`. A suite that breaks off counts as one failure, and
# the others still run.
load suites browser xterm bundlers

test_all() {
  local suite wasm=0 browser=0
  case ${1-} in
    --list) list_suites; exit 0 ;;
    -*) complain "test: there is no option '$1'"; exit 125 ;;
  esac
  (($# > 0)) || set -- "${all_suites[@]}"
  for suite in "$@"; do
    [[ ${suite_title[$suite]-} ]] ||
      { complain "there is no suite '$suite'; ./elfin test --list names them"; exit 125; }
    [[ $suites_with_wasm == *" $suite "* ]] && wasm=1
    [[ $suites_with_browser == *" $suite "* ]] && browser=1
  done
  passed=0 failed=0 skipped=0 broken=() wasm_is_built=0
  begin_steps "test" $((setup_step_count - 2 + 2 * wasm + browser + $#))
  take_locks_and run_suites "$wasm" "$browser" "$@"
}

# No test depends on what an earlier run has left in the user's cache.
export ELFIN_JIT_CACHE=off

# run_suites WITH_WASM WITH_BROWSER SUITE…
run_suites() {
  local suite with_wasm=$1 with_browser=$2
  shift 2
  trap 'counts 0 1 0' EXIT # a set-up that fails ends with a line of counts, too
  with_lock "$ELFIN_CACHE/lock" third_party_steps
  ((with_browser)) && with_lock "$ELFIN_CACHE/lock" browser_step
  trap - EXIT
  ((with_wasm)) && build_wasm_for_suites
  for suite in "$@"; do
    if ((!wasm_is_built)) && [[ $suites_with_wasm == *" $suite "* ]]; then
      printf '[%d/%d] %s: not run\n' "$((++steps_done))" "$steps_total" "${suite_title[$suite]}"
      ((++failed))
      broken+=("$suite")
    else
      run_suite "$suite"
    fi
  done
  end_steps
  ((${#broken[@]})) && printf 'elfin: suites with failures: %s\n' "${broken[*]}"
  counts "$passed" "$failed" "$skipped"
  ((failed == 0))
}

browser_step() {
  { command -v chromium && command -v firefox-esr; } >/dev/null || ask_for_sudo
  step "Chromium and what tests with it need" browser install_for_browser
}

install_for_browser() {
  install_browser && install_firefox && install_xterm && install_esbuild && install_tested_bundlers && install_typescript
}

# A build that fails is a failure like any other: what doesn't need it is tested nevertheless.
build_wasm_for_suites() {
  logged_step "Binaryen for WebAssembly" binaryen-wasm make_binaryen wasm # if it fails, so does the next
  if logged_step "cpu.wasm and kernel.wasm" build-wasm build_wasm; then
    wasm_is_built=1
  else
    explain_failure "cpu.wasm and kernel.wasm" "$?" "$ELFIN_LOG/build-wasm.log" build_wasm
    ((++failed))
    broken+=("build-wasm")
  fi
}

run_suite() {
  local suite=$1 status p=0 f=0 s=0 log=$ELFIN_LOG/test-$1.log
  logged_step "${suite_title[$suite]}" "test-$suite" "suite_${suite//-/_}"
  status=$?
  read -r p f s < <(read_counts <"$log") || p=0 f=0 s=0
  # A suite that fails without saying so, or says nothing at all, is a failure of its own.
  if ((status != 0 && f == 0 || p + f + s == 0)); then f=$((f + 1)); fi
  printf '        %s\n' "$(counts "$p" "$f" "$s")"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  if ((f > 0)); then
    broken+=("$suite")
    printf '        log: %s\n' "$log"
    { failed_cases <"$log"; echo "…"; tail -n 3 "$log"; } | cut -c 1-200 | sed 's/^/        | /'
  fi
}

# What a suite's log says of the cases that failed: their lines, with the indented ones below each.
failed_cases() {
  awk '/DIFFERS$|LISTED, but agrees$|FAILED|^ *not ok | [0-9]+ of [0-9]+ differ$/ { print; below = 25; next }
    /^ / && below-- > 0 { print; next }
    { below = 0 }' | head -n 100
}

counts() {
  printf '%d passed, %d failed' "$1" "$2"
  (($3 > 0)) && printf ', %d skipped' "$3"
  printf '\n'
}

# The last line `N passed, N failed[, N skipped]` on standard input, as three numbers.
read_counts() {
  awk '/^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$/ { found = $1 " " $3 " " $5 + 0 }
    END { if (found) print found }'
}
