# ./elfin image COMMAND …: web/image/main.js does the work, with Debian's tools. Those that put a whole
# system together are installed when one is asked for.

image() {
  local words=" $* "
  (setup_all) >&2 || exit 1
  if [[ ${1-} == @(build|update) && $words =~ [[:space:]](--packages|--recipe[=[:space:]]demo) ]]; then
    image_tools >&2 || exit 1
  fi
  exec "$(<"$ELFIN_BUILD/node")" "$ELFIN_TOP/web/image/main.js" "$@"
}

image_tools() {
  local tool missing=()
  for tool in mmdebstrap fakechroot; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  ((${#missing[@]} == 0)) || install_missing "${missing[@]}" 3>&2
}
