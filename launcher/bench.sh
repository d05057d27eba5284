# ./elfin bench [SUITE…] [OPTION…]: bench/bench.mjs reads suites and options. The browser is installed when
# it is asked for.
load browser

bench() {
  local word
  (setup_all) >&2 || exit 1
  for word in "$@"; do
    if [[ $word == --browser ]]; then
      install_browser >&2 3>&2 || exit 1
      export ELFIN_PLAYWRIGHT=$playwright_folder
    fi
  done
  exec "$(<"$ELFIN_BUILD/node")" "$ELFIN_TOP/bench/bench.mjs" "$@"
}
