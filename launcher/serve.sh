# ./elfin serve and ./elfin site: the page from this checkout, by web/server/. A folder becomes an image first.
load xterm bundlers

serve() {
  choose_disk serve "$@"
  prepare_page
  exec "$(<"$ELFIN_BUILD/node")" "$ELFIN_TOP/web/server/serve.js" "${page_arguments[@]}"
}

site() {
  choose_disk site "$@"
  prepare_page
  exec "$(<"$ELFIN_BUILD/node")" "$ELFIN_TOP/web/server/site.js" "${page_arguments[@]}"
}

# choose_disk COMMAND ARGUMENT…: takes --root and --image out of the arguments; the rest is the server's.
choose_disk() {
  page_command=$1 page_root='' page_image='' page_arguments=()
  shift
  while (($# > 0)); do
    case $1 in
      --root | --image)
        (($# > 1)) || { complain "$page_command: $1 wants a value"; exit 125; }
        if [[ $1 == --root ]]; then page_root=$2; else page_image=$2; fi
        shift
        ;;
      --root=*) page_root=${1#*=} ;;
      --image=*) page_image=${1#*=} ;;
      *) page_arguments+=("$1") ;;
    esac
    shift
  done
  [[ -z $page_root || -z $page_image ]] ||
    { complain "$page_command: --root and --image: only one of them can be the disk"; exit 125; }
  [[ -z $page_root || -d $page_root ]] ||
    { complain "$page_command: --root $page_root: no such folder"; exit 125; }
}

# What both need: the binaries, xterm.js, the image.
prepare_page() {
  (begin_steps "set-up" $((setup_step_count + 1)) && take_locks_and page_steps) >&2 || exit 125
  if [[ $page_root ]]; then
    page_image=$ELFIN_BUILD/served.img
    image_of_folder "$page_root" "$page_image" ||
      { complain "$page_command: no image could be made of $page_root"; exit 125; }
  fi
  if [[ -z $page_image ]]; then
    page_image=$ELFIN_BUILD/small.img
    [[ -f $page_image ]] || small_image >&2 || { complain "$page_command: the small disk could not be made"; exit 125; }
  fi
  page_arguments+=(--image "$page_image" --xterm "$xterm_folder" --binaries "$ELFIN_BUILD/wasm/web")
  [[ $page_command != site ]] || page_arguments+=(--esbuild "$esbuild_folder")
}

# The disk when nobody names one: bash, bc, busybox.
small_image() {
  local node
  node=$(<"$ELFIN_BUILD/node")
  "$node" "$ELFIN_TOP/web/image/main.js" build --recipe small "$page_image.new" &&
    mv "$page_image.new" "$page_image" && rm -f "$page_image.new.json" # the page has a shell of its own
}

page_steps() {
  setup_steps
  with_lock "$ELFIN_CACHE/lock" page_parts_step
}

page_parts_step() {
  if [[ $page_command == site ]]; then
    step "xterm.js, esbuild" page-parts install_site_parts
  else
    step "xterm.js" page-parts install_xterm
  fi
}

install_site_parts() { install_xterm && install_esbuild; }

# image_of_folder FOLDER IMAGE: an ext4 image with as much room again, and 64 MB.
image_of_folder() {
  local folder=$1 image=$2 kilobytes
  kilobytes=$(du -sk --apparent-size "$folder" | cut -f 1) || return
  rm -f "$image"
  mke2fs -q -t ext4 -b 4096 -d "$folder" "$image" "$((2 * kilobytes + 65536))k"
}
