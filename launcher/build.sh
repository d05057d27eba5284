# The three builds: native, native-asan and wasm, each in build/<preset>.

# configure PRESET: runs CMake when this preset was never configured, or for other tools.
configure() {
  local preset=$1 folder=$ELFIN_BUILD/$1 compiler=g++ key launcher= settings
  command -v ccache >/dev/null && launcher=ccache
  settings=(-DELFIN_CACHE="$ELFIN_CACHE"
    -DCMAKE_C_COMPILER_LAUNCHER="$launcher" -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher")
  if [[ $preset == wasm ]]; then
    compiler=em++
    settings+=(-DELFIN_NODE="$(<"$ELFIN_BUILD/node")")
  fi
  key="$ELFIN_TOP ${settings[*]} $(stat -L -c '%n %Y' "$(command -v $compiler)")"
  if [[ -f $folder/build.ninja && -r $folder/.configured && $(<"$folder/.configured") == "$key" ]]; then
    return 0
  fi
  rm -f "$folder/CMakeCache.txt" "$folder/.configured"
  [[ $preset == wasm ]] && settings+=($(linker_setting))
  (cd "$ELFIN_TOP" && try cmake --preset "$preset" "${settings[@]}") || return
  write_atomically "$folder/.configured" "$key"
}

# The linker that belongs to this em++, which need not be the one on PATH.
linker_setting() {
  local linker
  linker=$(em-config LLVM_ROOT 2>/dev/null)/wasm-ld
  [[ -x $linker ]] && echo "-DELFIN_WASM_LD=$linker"
}

# build_preset PRESET [TARGET…]
build_preset() {
  local preset=$1
  shift
  # For ccache: paths below the checkout don't count, so that another clone's objects are found.
  export CCACHE_BASEDIR=$ELFIN_TOP CCACHE_NOHASHDIR=1
  make_binaryen "${preset%-asan}" && configure "$preset" && try ninja -C "$ELFIN_BUILD/$preset" "$@"
}
