# ./elfin bench [SUITE…] [OPTION…]: bench/bench.mjs reads suites and options. The browser is installed when
# it is asked for, as are the peers.
load browser xterm bundlers v86

bench() {
  local word
  (setup_all) >&2 || exit 1
  for word in "$@"; do
    if [[ $word == --browser ]]; then
      { install_browser && install_xterm && install_esbuild; } >&2 3>&2 || exit 1
      export ELFIN_PLAYWRIGHT=$playwright_folder ELFIN_XTERM=$xterm_folder ELFIN_ESBUILD=$esbuild_folder
    fi
    if [[ $word == --peers ]]; then
      # Without it the others still run, and its rows say that it is not there.
      install_v86 >&2 3>&2 && export ELFIN_V86=$v86_folder
    fi
  done
  exec "$(<"$ELFIN_BUILD/node")" "$ELFIN_TOP/bench/bench.mjs" "$@"
}
