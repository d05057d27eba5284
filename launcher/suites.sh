# The suites of ./elfin test. Each is a title and a function suite_NAME that prints as its last line
# `N passed, N failed, N skipped`; a new suite is added here and nowhere else.

declare -gA suite_title=(
  [lint]="lint: form, include rules, file length, every row has its test"
  [launcher]="tests of the launcher"
  [native]="native tests"
  [asan]="native tests under AddressSanitizer and UndefinedBehaviorSanitizer"
  [instructions]="a million instructions against the processor"
  [translated]="instructions and blocks: processor, interpreter, translated code"
  [host]="tests of the Node host"
  [programs]="guest programs, natively and in Elfin"
  [translated-programs]="guest programs, every block translated before it runs"
  [acceptance]="whole jobs of everyday work, natively and in Elfin"
  [elf-fuzz]="a thousand corrupted ELF files"
  [syscall-fuzz]="every system call with nonsense, from many processes"
  [bench]="every suite of the bench, briefly"
  [disk]="the demo image under real work"
  [browser]="the machine in headless Chromium"
  [page]="the page in headless Chromium"
  [page-demo]="vim, htop, tmux, python3 and gcc on the page, from the demo image"
  [package]="the npm package, in Node and in a page"
  [tidy]="clang-tidy"
)
# Those that run cpu.wasm and kernel.wasm; they are built first.
suites_with_wasm=" translated host programs translated-programs acceptance elf-fuzz syscall-fuzz bench disk browser page page-demo package "
# Those that need what launcher/browser.sh installs.
suites_with_browser=" browser page page-demo package "
# Run by name only: they take long, or need the demo image.
suites_by_name=(acceptance asan tidy disk page-demo bench)
all_suites=(lint launcher native instructions translated host programs translated-programs elf-fuzz
  syscall-fuzz browser page package)

list_suites() {
  local suite
  for suite in "${all_suites[@]}" "${suites_by_name[@]}"; do
    printf '%-20s %s\n' "$suite" "${suite_title[$suite]}"
  done
}

suite_lint() { "$ELFIN_TOP/tests/lint.sh"; }
suite_launcher() { "$ELFIN_TOP/tests/launcher/launcher_test.sh"; }
suite_native() { ctest_suite native; }
suite_asan() { ctest_suite native-asan; }
suite_tidy() { build_preset native && "$ELFIN_TOP/tests/tidy.sh"; }

suite_host() { node_suite host; }

suite_disk() {
  load image
  image_tools && node_suite disk
}

suite_browser() { ELFIN_PLAYWRIGHT=$playwright_folder node_suite browser; }

suite_package() {
  ELFIN_TYPESCRIPT=$typescript_folder ELFIN_BUNDLERS=$bundlers_folder with_page_parts node_suite package
}

suite_page() { with_page_parts node_suite page; }

# with_page_parts COMMAND…: what tests/page wants in its environment.
with_page_parts() {
  ELFIN_PLAYWRIGHT=$playwright_folder ELFIN_XTERM=$xterm_folder ELFIN_ESBUILD=$esbuild_folder "$@"
}

suite_page_demo() {
  load image
  image_tools && with_page_parts node_suite page_demo
}

# node_suite FOLDER: the files of that folder below tests/ that `node --test` runs.
node_suite() {
  local files node tap=$ELFIN_LOG/$1.tap
  node=$(<"$ELFIN_BUILD/node")
  mapfile -t files < <(compgen -G "$ELFIN_TOP/tests/$1/*.test.mjs")
  # The flags, which the processes of the files get, too: web/host/node/background_compilers.js.
  "$node" --no-concurrent-sparkplug --no-concurrent-recompilation \
    --test --test-timeout=600000 --test-reporter=tap "${files[@]}" >"$tap" 2>&1
  local status=$?
  cat "$tap"
  awk '$1 == "#" && $2 ~ /^(pass|fail|cancelled|skipped|todo)$/ { n[$2] = $3 }
    END { printf "%d passed, %d failed, %d skipped\n",
          n["pass"], n["fail"] + n["cancelled"], n["skipped"] + n["todo"] }' "$tap"
  return "$status"
}

suite_programs() {
  cd "$ELFIN_TOP" && "$(<"$ELFIN_BUILD/node")" tests/programs.mjs
}

suite_translated_programs() {
  cd "$ELFIN_TOP" &&
    "$(<"$ELFIN_BUILD/node")" tests/programs.mjs --jit sync --jit-threshold 0
}

suite_acceptance() { "$(<"$ELFIN_BUILD/node")" "$ELFIN_TOP/tests/acceptance/acceptance.mjs"; }

suite_elf_fuzz() {
  cd "$ELFIN_TOP" && "$(<"$ELFIN_BUILD/node")" tests/elf_fuzz.mjs
}

suite_syscall_fuzz() {
  "$(<"$ELFIN_BUILD/node")" "$ELFIN_TOP/tests/syscall_fuzz/fuzz.mjs"
}

suite_bench() { "$(<"$ELFIN_BUILD/node")" "$ELFIN_TOP/tests/bench.mjs"; }

# A row × width × operand form without a difference counts as one passed test.
suite_instructions() {
  local log=$ELFIN_LOG/insn_fuzz.txt status
  build_preset native insn_fuzz || return
  (cd "$ELFIN_TOP" && build/native/tests/cpu/fuzz/insn_fuzz) >"$log" 2>&1
  status=$?
  cat "$log"
  awk '/ [0-9]+ of [0-9]+ differ$/ { differ++ }
    / of row × width × form run/ { run = $1 }
    END { if (run) printf "%d passed, %d failed\n", run - differ, differ }' "$log"
  return "$status"
}

# About a minute's worth of cases; README.md of tests/cpu/fuzz says how to run more.
suite_translated() {
  build_preset native insn_fuzz || return
  "$ELFIN_TOP/tests/cpu/fuzz/translated_test.sh" "$ELFIN_BUILD/native/tests/cpu/fuzz/insn_fuzz" \
    "$(<"$ELFIN_BUILD/node")" "$ELFIN_BUILD/wasm/web"
}

# ctest_suite PRESET: builds it and runs everything that CTest knows of.
ctest_suite() {
  local preset=$1 status
  build_preset "$preset" || return
  ctest --test-dir "$ELFIN_BUILD/$preset" -V --no-tests=error --timeout 900 \
    -j "$(nproc)" >"$ELFIN_LOG/ctest-$preset.txt" 2>&1
  status=$?
  # What failed comes last, so that the end of the log shows it.
  grep -vE '^ *[0-9]+: *$' "$ELFIN_LOG/ctest-$preset.txt"
  count_ctest <"$ELFIN_LOG/ctest-$preset.txt"
  return "$status"
}

# Sums up `ctest -V`. A test that reports its own number of cases (Catch2's summary, or our line of
# counts) counts as so many, any other as one.
count_ctest() {
  awk '
    match($0, /^[0-9]+: /) { number = substr($0, 1, RLENGTH - 2) }
    /^[0-9]+: All tests passed \(/ { sub(/.* in /, ""); passed[number] = $1 }
    /^[0-9]+: test cases: / {
      for (i = 2; i <= NF; i++) {
        if ($i == "passed") passed[number] = $(i - 1)
        if ($i == "failed" && $(i + 1) != "as") failed[number] = $(i - 1)
      }
    }
    /^[0-9]+: [0-9]+ passed, [0-9]+ failed/ { passed[number] = $2; failed[number] = $4 + 0 }
    /^ *[0-9]+\/[0-9]+ Test +#[0-9]+:/ {
      match($0, /#[0-9]+/); n = substr($0, RSTART + 1, RLENGTH - 1)
      if (/   Passed /) p += (n in passed) ? passed[n] : 1
      else if (/\*\*\*(Skipped|Not Run \(Disabled\))/) s += 1
      else { p += passed[n]; f += failed[n] > 0 ? failed[n] : 1; print "FAILED: " $0 }
    }
    END { printf "%d passed, %d failed, %d skipped\n", p, f, s }'
}
