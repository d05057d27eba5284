# ./elfin serve: the page from this checkout, by web/server/serve.js. A folder becomes an image first.
load xterm

serve() {
  local arguments=() root='' image=''
  while (($# > 0)); do
    case $1 in
      --root) root=${2-}; shift ;;
      --root=*) root=${1#*=} ;;
      --image) image=${2-}; shift ;;
      --image=*) image=${1#*=} ;;
      *) arguments+=("$1") ;;
    esac
    shift || { complain "serve: an option lacks its value"; exit 125; }
  done
  [[ -z $root || -z $image ]] || { complain "serve: --root and --image: only one of them can be the disk"; exit 125; }
  [[ $root || $image ]] || { complain "serve: which disk? --image FILE or --root DIR"; exit 125; }
  (begin_steps "set-up" $((setup_step_count + 1)) && take_locks_and serve_steps) >&2 || exit 125
  if [[ $root ]]; then
    image=$ELFIN_BUILD/served.img
    image_of_folder "$root" "$image" || { complain "serve: no image could be made of $root"; exit 125; }
  fi
  exec "$(<"$ELFIN_BUILD/node")" "$ELFIN_TOP/web/server/serve.js" --image "$image" \
    --xterm "$xterm_folder" --binaries "$ELFIN_BUILD/wasm/web" "${arguments[@]}"
}

serve_steps() {
  setup_steps
  with_lock "$ELFIN_CACHE/lock" xterm_step
}

xterm_step() { step "xterm.js" xterm install_xterm; }

# image_of_folder FOLDER IMAGE: an ext4 image with as much room again, and 64 MB.
image_of_folder() {
  local folder=$1 image=$2 kilobytes
  [[ -d $folder ]] || { complain "serve: --root $folder: no such folder"; return 1; }
  kilobytes=$(du -sk --apparent-size "$folder" | cut -f 1) || return
  rm -f "$image"
  mke2fs -q -t ext4 -b 4096 -d "$folder" "$image" "$((2 * kilobytes + 65536))k"
}
