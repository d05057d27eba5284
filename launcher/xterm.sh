# xterm.js and its add-ons, which draw the page's terminals, from npm into the cache: the modules, the style
# sheet and the licences, in one folder.

readonly xterm_version=6.0.0
readonly xterm_folder=$ELFIN_CACHE/xterm-$xterm_version
readonly xterm_packages=(
  @xterm/xterm@$xterm_version @xterm/addon-clipboard@0.2.0 @xterm/addon-fit@0.11.0 @xterm/addon-search@0.16.0
  @xterm/addon-unicode-graphemes@0.4.0 @xterm/addon-web-links@0.12.0 @xterm/addon-webgl@0.19.0
)

install_xterm() {
  [[ -f $xterm_folder/xterm.mjs ]] || fetch_xterm || return
  echo "xterm.js: $xterm_folder"
}

fetch_xterm() {
  local scratch module
  note "fetching xterm.js $xterm_version into $xterm_folder"
  scratch=$(npm_scratch xterm "${xterm_packages[@]}") || return
  mkdir "$scratch/xterm" || return
  for module in "$scratch"/node_modules/@xterm/*/; do
    module=${module%/}
    # Without the line that names a map, which isn't there.
    sed '/^\/\/# sourceMappingURL=/d' "$module/lib/${module##*/}.mjs" >"$scratch/xterm/${module##*/}.mjs" &&
      cp "$module/LICENSE" "$scratch/xterm/${module##*/}.LICENSE" || return
  done
  cp "$scratch/node_modules/@xterm/xterm/css/xterm.css" "$scratch/xterm/" || return
  keep "$scratch/xterm" "$xterm_folder" && rm -rf "$scratch"
}
