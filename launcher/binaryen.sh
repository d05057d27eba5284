# Binaryen's source into the cache, from the npm package that carries it, and its library.

readonly binaryen_version=132 binaryen_package=@grain/libbinaryen@132.0.0

install_binaryen() {
  local kept=$ELFIN_CACHE/binaryen-$binaryen_version
  [[ -f $kept/src/wasm.h ]] || fetch_binaryen "$kept"
}

fetch_binaryen() {
  local kept=$1 scratch archive found
  note "fetching Binaryen $binaryen_version's source into $kept"
  scratch=$(new_scratch binaryen) || return
  cd "$scratch" || return
  try npm pack --no-update-notifier --loglevel=error "$binaryen_package" || return
  archive=$(compgen -G '*.tgz') || return
  try tar -xzf "$archive" --wildcards '*/binaryen/CMakeLists.txt' '*/binaryen/LICENSE' \
    '*/binaryen/src' '*/binaryen/third_party/FP16' || return
  found=$(echo "$scratch"/*/binaryen)
  is_binaryen "$found" "$binaryen_version" || {
    echo "$binaryen_package holds no Binaryen $binaryen_version."
    return 1
  }
  keep "$found" "$kept" && rm -rf "$scratch"
}

# is_binaryen FOLDER VERSION
is_binaryen() {
  [[ -f $1/src/wasm.h ]] && grep -qE "^project\(binaryen .*VERSION $2\)" "$1/CMakeLists.txt"
}

# make_binaryen native|wasm: builds the library that the preset links, unless it is there. The lines of
# ninja tell how far it is.
make_binaryen() {
  [[ $1 == wasm ]] && use_emscripten_cache
  try "$ELFIN_TOP/cmake/binaryen/build.sh" "$1" "$ELFIN_CACHE"
}
