# The peer v86 of ./elfin bench --peers: the emulator from npm, and a Debian i386 system for it that is no more
# than a kernel, busybox and bc, of Debian's packages. In the cache; nothing else wants it.

readonly v86_version=0.5.462
readonly v86_folder=$ELFIN_CACHE/v86-$v86_version

install_v86() {
  [[ -f $v86_folder/initrd.gz ]] || fetch_v86
}

fetch_v86() {
  local scratch
  note "fetching v86 $v86_version and a Debian i386 system into $v86_folder"
  scratch=$(new_scratch v86) || return
  mkdir -p "$scratch"/{apt/lists/partial,apt/cache/archives/partial,debs,system,kept} &&
    fetch_v86_emulator "$scratch" && fetch_i386_packages "$scratch/apt" "$scratch/debs" &&
    keep_v86_files "$scratch" && make_v86_initrd "$scratch/system" "$scratch/kept/initrd.gz" &&
    keep "$scratch/kept" "$v86_folder" && rm -rf "$scratch"
}

fetch_v86_emulator() {
  (cd "$1" && try npm pack --no-update-notifier --loglevel=error "v86@$v86_version" &&
    try tar -xzf v86-*.tgz -C kept --strip-components=2 package/build/libv86.mjs package/build/v86.wasm)
}

# fetch_i386_packages STATE FOLDER: by this machine's package sources, with lists of its own.
fetch_i386_packages() {
  local state=$1 kernel
  local apt=(-o APT::Architecture=i386 -o APT::Architectures::=i386 -o Dir::State::lists="$state/lists"
    -o Dir::State::status=/dev/null -o Dir::Cache="$state/cache" -o APT::Sandbox::User="$(id -un)"
    -o Debug::NoLocking=true -o Acquire::Languages=none)
  try apt-get "${apt[@]}" update -q || note "not all package lists could be had"
  kernel=$(apt-cache "${apt[@]}" show linux-image-686 | awk '$1 == "Depends:" { print $2; exit }')
  [[ $kernel ]] || { echo "The package sources of this machine have no i386 kernel."; return 1; }
  (cd "$2" && try apt-get "${apt[@]}" download -q \
    "$kernel" seabios busybox-static bc libc6 libreadline8 libtinfo6)
}

keep_v86_files() {
  local scratch=$1 package
  for package in "$scratch"/debs/*.deb; do
    case ${package##*/} in
      linux-image-* | seabios_*) try dpkg-deb -x "$package" "$scratch/apt/files" ;;
      *) try dpkg-deb -x "$package" "$scratch/system" ;;
    esac || return
  done
  cp "$scratch"/apt/files/boot/vmlinuz-* "$scratch/kept/vmlinuz" &&
    cp "$scratch"/apt/files/usr/share/seabios/{bios-256k,vgabios-stdvga}.bin "$scratch/kept"
}

# Its first program: each line that it is given on the serial port goes to `bc -lq`.
make_v86_initrd() {
  local system=$1
  rm -rf "$system"/usr/share "$system"/usr/lib/*/gconv && mkdir -p "$system"/{dev,proc} || return
  cat >"$system/init" <<'END'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
exec </dev/ttyS0 >/dev/ttyS0 2>&1
/bin/busybox stty -echo -onlcr
echo READY
while read -r line; do
  echo BEGIN
  echo "$line" | bc -lq
  echo "END $?"
done
END
  chmod 755 "$system/init"
  (cd "$system" && find . | LC_ALL=C sort | busybox cpio -o -H newc | gzip -9n) >"$2"
}
