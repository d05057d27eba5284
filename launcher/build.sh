# The three builds: native, native-asan and wasm, each in build/<preset>.

# configure PRESET: runs CMake when this preset was never configured, or for other tools.
configure() {
  local preset=$1 folder=$ELFIN_BUILD/$1 key launcher=
  command -v ccache >/dev/null && launcher=ccache
  key="$ELFIN_TOP $ELFIN_CACHE $launcher $(command -v g++) $(command -v em++)"
  [[ $preset == wasm && -r $ELFIN_BUILD/emscripten ]] && key+=" $(<"$ELFIN_BUILD/emscripten")"
  if [[ -f $folder/build.ninja && -r $folder/.configured && $(<"$folder/.configured") == "$key" ]]; then
    return 0
  fi
  rm -f "$folder/CMakeCache.txt" "$folder/.configured"
  (cd "$ELFIN_TOP" && try cmake --preset "$preset" -DELFIN_CACHE="$ELFIN_CACHE" \
    -DCMAKE_C_COMPILER_LAUNCHER="$launcher" -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher") || return
  write_atomically "$folder/.configured" "$key"
}

# build_preset PRESET [TARGET…]
build_preset() {
  local preset=$1
  shift
  configure "$preset" && try ninja -C "$ELFIN_BUILD/$preset" "$@"
}
