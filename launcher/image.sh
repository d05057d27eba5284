# ./elfin image COMMAND …: web/image/main.js does the work, with Debian's tools for filesystems.

image() {
  (setup_all) >&2 || exit 1
  exec "$(<"$ELFIN_BUILD/node")" "$ELFIN_TOP/web/image/main.js" "$@"
}
