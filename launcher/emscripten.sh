# The compiler to WebAssembly. Debian's ships its libraries ready; another release on PATH may have
# to build them first, in a cache that need not be writable for us.
#
# build/emscripten: first line which em++ was checked, second line the EM_CACHE to use with it, or
# nothing.

check_emscripten() {
  local path em scratch status
  use_system_python
  path=$(command -v em++) || {
    echo "There is no em++ on PATH."
    return 1
  }
  em="$path $(stat -L -c '%Y %s' "$path")"
  if [[ -r $ELFIN_BUILD/emscripten && $(head -n 1 "$ELFIN_BUILD/emscripten") == "$em" ]]; then
    echo "Emscripten: $em, checked before"
    return 0
  fi
  EM_CACHE=${EM_CACHE-$(own_emscripten_cache)}
  [[ $EM_CACHE ]] && export EM_CACHE && mkdir -p "$EM_CACHE"
  scratch=$(mktemp -d) || return
  printf '#include <string>\nint main(int n, char** v) { return std::string(v[0]).size() + n; }\n' \
    >"$scratch/probe.cc"
  try em++ -std=c++20 -O1 -fno-exceptions "$scratch/probe.cc" -o "$scratch/probe.wasm"
  status=$?
  [[ -s $scratch/probe.wasm ]] || status=1
  rm -rf "$scratch"
  ((status == 0)) && write_atomically "$ELFIN_BUILD/emscripten" "$em"$'\n'"$EM_CACHE"
}

# Prints a folder in Elfin's cache if em++ would build libraries where we may not write.
own_emscripten_cache() {
  local cache
  [[ $(em-config FROZEN_CACHE 2>/dev/null) == True ]] && return
  cache=$(em-config CACHE 2>/dev/null) || return
  while [[ ! -e $cache ]]; do cache=${cache%/*}; done
  [[ -w ${cache:-/} ]] || echo "$ELFIN_CACHE/emscripten-$(em++ -dumpversion 2>/dev/null)"
}

# After check_emscripten, before anything else that runs em++.
use_emscripten_cache() {
  local cache
  use_system_python
  cache=$(sed -n 2p "$ELFIN_BUILD/emscripten")
  [[ $cache ]] && export EM_CACHE=$cache
  return 0
}

# Debian's em++ is a Python program started once a file: the system's Python straight away, not the
# one of a version manager, whose shims would cost more than the compiler.
use_system_python() {
  [[ $(command -v em++) == /usr/bin/em++ && -x /usr/bin/python3 ]] || return 0
  export EMSDK_PYTHON=${EMSDK_PYTHON:-/usr/bin/python3}
}
