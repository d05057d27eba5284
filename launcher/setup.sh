# ./elfin setup: everything that a run needs. Each step finds out for itself whether there is
# anything to do, which is why it can be cut off anywhere and started again.
load cache npm packages node zydis binaryen emscripten build

readonly setup_step_count=7

setup_all() {
  (($# == 0)) || { complain "setup takes no arguments"; exit 125; }
  begin_steps "set-up" "$setup_step_count"
  take_locks_and setup_steps
  end_steps
}

take_locks_and() {
  mkdir -p "$ELFIN_CACHE" "$ELFIN_BUILD" || die "can't make $ELFIN_CACHE or $ELFIN_BUILD"
  with_lock "$ELFIN_BUILD/lock" "$@"
}

# The steps, also the beginning of `demo`; `test` takes them one by one.
setup_steps() {
  with_lock "$ELFIN_CACHE/lock" third_party_steps
  step "Binaryen for WebAssembly" binaryen-wasm make_binaryen wasm
  step "cpu.wasm and kernel.wasm" build-wasm build_wasm
}

third_party_steps() {
  prepare_sudo
  step "Debian packages" packages install_packages
  step "Node" node install_node
  step "Zydis's source" zydis install_zydis
  step "Binaryen's source" binaryen install_binaryen
  step "Emscripten" emscripten check_emscripten
}

# What a run needs of this checkout; then the mark that lets `run` start without looking further.
build_wasm() {
  use_emscripten_cache
  build_preset wasm && write_atomically "$ELFIN_BUILD/ready" "built"
}
