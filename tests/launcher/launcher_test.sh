#!/bin/bash
# Tests of the launcher's own functions, on made-up input: nothing is installed, fetched or built.
set -u -o pipefail
ELFIN_TOP=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
ELFIN_CACHE=$scratch/cache ELFIN_BUILD=$scratch/build ELFIN_LOG=$scratch/build/log
mkdir -p "$ELFIN_CACHE" "$ELFIN_LOG"
exec 3>/dev/null
for file in progress cache npm packages node zydis binaryen emscripten build suites test; do
  load() { :; }
  . "$ELFIN_TOP/launcher/$file.sh"
done

passed=0 failed=0
# expect WHAT ACTUAL EXPECTED
expect() {
  if [[ $2 == "$3" ]]; then
    ((++passed))
  else
    ((++failed))
    printf 'FAILED: %s\n  got      %q\n  expected %q\n' "$1" "$2" "$3"
  fi
}

# Counting what suites report.
expect "counts: the last line wins" "$(printf '1 passed, 2 failed\nx\n30 passed, 4 failed, 5 skipped\n' | read_counts)" "30 4 5"
expect "counts: skipped may be left out" "$(echo '7 passed, 0 failed' | read_counts)" "7 0 0"
expect "counts: none" "$(echo 'nothing' | read_counts)" ""
expect "ctest: cases of Catch2 are counted" "$(count_ctest <<'END' | tail -n 1
1: All tests passed (12 assertions in 3 test cases)
1/4 Test #1: base .............   Passed    0.01 sec
2: test cases: 5 | 4 passed | 1 failed
2: assertions: 9 | 8 passed | 1 failed
2/4 Test #2: cpu ..............***Failed    0.02 sec
3: 100 passed, 0 failed
3/4 Test #3: fuzz .............   Passed    0.02 sec
4/4 Test #4: crash ............***Exception: SegFault  0.02 sec
END
)" "107 passed, 2 failed, 0 skipped"

# Package sources: both syntaxes, other suites and disabled entries left out.
sources() { write_source_parts bookworm "$scratch/parts" "$scratch/apt"; cat "$scratch"/parts/* 2>/dev/null; }
mkdir -p "$scratch/apt/sources.list.d" "$scratch/parts"
expect "sources: none" "$(sources)" ""
cat >"$scratch/apt/sources.list" <<'END'
# deb http://mirror.example/debian bookworm main
deb [signed-by=/k.gpg arch=amd64] http://mirror.example/debian bookworm main contrib
deb http://mirror.example/debian bookworm-updates main
deb-src http://mirror.example/debian bookworm main
END
expect "sources: one line an entry" "$(sources)" \
  "deb-src [signed-by=/k.gpg arch=amd64] http://mirror.example/debian bookworm main contrib"
rm "$scratch/apt/sources.list"
cat >"$scratch/apt/sources.list.d/debian.sources" <<'END'
Types: deb deb-src
# a remark
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /k.gpg

Types: deb
URIs: http://mirror.example/security
Suites: bookworm-security

Enabled: no
Types: deb
URIs: http://other.example/debian
Suites: bookworm
END
expect "sources: paragraphs" "$(sources)" "Types: deb-src
URIs: http://mirror.example/debian
Suites: bookworm
Components: main
Signed-By: /k.gpg"

# The cache.
write_atomically "$scratch/mark" "one"
expect "a mark holds its text" "$(<"$scratch/mark")" "one"
made=$(new_scratch thing) && echo 1 >"$made/old" && made=$(new_scratch thing)
expect "a scratch folder begins empty" "$(ls "$made")" ""
echo 2 >"$made/file" && mkdir "$ELFIN_CACHE/thing-1" && keep "$made" "$ELFIN_CACHE/thing-1"
expect "a kept thing replaces what was there" "$(cat "$ELFIN_CACHE/thing-1/file")" "2"
turn() { echo "in $1" >>"$scratch/turns"; sleep 0.2; echo "out $1" >>"$scratch/turns"; }
(with_lock "$scratch/lock" turn a) & (with_lock "$scratch/lock" turn b) & wait
expect "a lock lets one in at a time" "$(sed 's/ .*//' "$scratch/turns" | tr '\n' ' ')" "in out in out "
outer() { with_lock "$scratch/lock" echo inner; }
expect "a lock lets in what runs under it" "$(with_lock "$scratch/lock" outer)" "inner"

# Binaryen: what npm delivers is looked at before it is kept, and it is fetched once.
package=$scratch/package
carry() { # carry VERSION: as npm pack leaves it
  mkdir -p "$package/it/binaryen"/{src/wasm,third_party/FP16,test}
  touch "$package/it/binaryen"/{LICENSE,src/wasm.h,test/a.wast}
  echo "project(binaryen LANGUAGES C CXX VERSION $1)" >"$package/it/binaryen/CMakeLists.txt"
  tar -C "$package" -czf "$package/it.tgz" it
}
npm() { echo "$*" >>"$package/calls" && cp "$package/it.tgz" .; }
carry 111
expect "another Binaryen is refused" "$(install_binaryen | tail -n 1)" \
  "$binaryen_package holds no Binaryen $binaryen_version."
expect "and not kept" "$(compgen -G "$ELFIN_CACHE/binaryen-*")" ""
carry "$binaryen_version"
(install_binaryen) >/dev/null
expect "the right one is kept, without its tests" \
  "$(ls "$ELFIN_CACHE/binaryen-$binaryen_version" | tr '\n' ' ')" "CMakeLists.txt LICENSE src third_party "
(install_binaryen) >/dev/null
expect "and fetched once" "$(wc -l <"$package/calls")" "2"
unset -f npm

# Packages and Node.
expect "a package that is not there is missing" \
  "$(wanted_packages() { printf '%s\n' bash no-such-package; }; missing_packages)" "no-such-package"
node() { echo v24.1.0; }
expect "a new Node is taken" "$(system_node_is_new && echo yes)" "yes"
node() { echo v18.19.0; }
expect "an old Node is not" "$(system_node_is_new || echo no)" "no"
unset -f node

# Steps: a failure names itself, its command and its log.
failing() { echo "some output"; try false now; }
message=$( (exec 3>&1; begin_steps t 1; step "the step" name failing) 2>&1)
expect "a failure's status" "$?" "1"
expect "a failure names the command" "$(grep -c 'command: false now' <<<"$message")" "1"
expect "a failure shows its log" "$(grep -c '| some output' <<<"$message")" "1"

# The commands' own manners.
elfin=$ELFIN_TOP/elfin
expect "an option without its value" "$("$elfin" serve --root 2>&1 >/dev/null; echo $?)" \
  $'elfin: serve: --root wants a value\n125'
expect "one disk at a time" "$("$elfin" site out --root / --image x 2>&1 >/dev/null; echo $?)" \
  $'elfin: site: --root and --image: only one of them can be the disk\n125'
expect "a folder that isn't there" "$("$elfin" serve --root /no/such 2>&1 >/dev/null; echo $?)" \
  $'elfin: serve: --root /no/such: no such folder\n125'
expect "an unknown command" "$("$elfin" frobnicate 2>&1 >/dev/null; echo $?)" \
  $'elfin: there is no command \'frobnicate\'; ./elfin help lists them\n125'
expect "an unknown suite" "$("$elfin" test no-such 2>/dev/null; echo $?)" "125"
ln -s "$elfin" "$scratch/link"
expect "help through a link" "$(cd / && "$scratch/link" help | head -n 1)" "$("$elfin" | head -n 1)"

printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
