#!/bin/bash
# cmake/binaryen/build.sh native|wasm CACHE: builds libbinaryen.a in CACHE/binaryen-132/ unless it is
# there for this compiler and these flags, and prints as its last line the folder that holds it. What was
# compiled before an interruption is kept.
set -eu -o pipefail
here=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
preset=$1 binaryen=$2/binaryen-132
case $preset in
  native) compiler=g++ settings=() ;;
  wasm) compiler=em++ settings=(-DELFIN_WASM=ON --toolchain "$here/../wasm-toolchain.cmake") ;;
  *) echo "build.sh: native or wasm, not '$preset'" >&2; exit 125 ;;
esac

[[ -r $binaryen/src/wasm.h ]] || { echo "$binaryen holds no sources; ./elfin setup fetches them" >&2; exit 1; }
key=$({ stat -L -c '%n %Y %s' "$(command -v $compiler)"; cat "$here"/{CMakeLists.txt,pass_runner.cc}; } |
  sha256sum | cut -c 1-12)
folder=$binaryen/build-$preset-$key

build() {
  local launcher=
  command -v ccache >/dev/null && launcher=ccache
  mkdir -p "$folder"
  exec 9>"$folder/lock"
  flock 9
  [[ -f $folder/libbinaryen.a ]] && return
  cmake -G Ninja -S "$here" -B "$folder/making" -DBINARYEN="$binaryen" \
    -DCMAKE_CXX_COMPILER=$compiler -DCMAKE_CXX_COMPILER_LAUNCHER=$launcher "${settings[@]}"
  ninja -C "$folder/making"
  mv "$folder/making/libbinaryen.a" "$folder/libbinaryen.a"
  rm -rf "$folder/making"
}

[[ -f $folder/libbinaryen.a ]] || build
echo "$folder"
