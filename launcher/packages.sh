# Debian's packages: what is missing of launcher/packages.txt, in one apt-get call.

wanted_packages() {
  local name purpose
  while read -r name purpose; do
    case $name in
      '' | '#'*) continue ;;
      emscripten) command -v em++ >/dev/null && continue ;;
      npm) command -v npm >/dev/null && continue ;;
    esac
    echo "$name"
  done <"$ELFIN_TOP/launcher/packages.txt"
}

missing_packages() {
  local wanted
  mapfile -t wanted < <(wanted_packages)
  # What dpkg knows goes away from the list of what is wanted; what remains occurs once.
  {
    printf '%s\n' "${wanted[@]}"
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
      sed -n 's/^installed //p' | sort -u
  } | sort | uniq -u
}

# Where sudo wants a password, it is asked for before the step, whose progress line would hide the
# question.
prepare_sudo() {
  ((EUID == 0)) || ! command -v sudo >/dev/null || [[ ! $(missing_packages) ]] && return
  ask_for_sudo
}

ask_for_sudo() {
  ((EUID == 0)) || ! command -v sudo >/dev/null && return
  sudo -n true 2>/dev/null || sudo -v || die "sudo is needed to install packages"
}

as_root() {
  if ((EUID == 0)); then
    try env DEBIAN_FRONTEND=noninteractive "$@"
  else
    try sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

install_packages() {
  local missing
  command -v dpkg-query >/dev/null || {
    echo "This set-up knows Debian only. Install by hand what launcher/packages.txt lists."
    return 1
  }
  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]} == 0)); then
    echo "All packages are there."
    return 0
  fi
  install_missing "${missing[@]}"
}

# install_missing PACKAGE…
install_missing() {
  local missing=("$@")
  if ((EUID != 0)) && ! command -v sudo >/dev/null; then
    echo "Neither root nor sudo. As root: apt-get install ${missing[*]}"
    return 1
  fi
  note "installing ${missing[*]}"
  as_root dpkg --configure -a # an installation that was cut off
  # Only when the lists lack a package, or are too old for the mirror, do they need an update.
  if apt-cache show "${missing[@]}" >/dev/null 2>&1 && apt_install "${missing[@]}"; then return 0; fi
  note "updating the package lists"
  as_root apt-get update -q && apt_install "${missing[@]}"
}

apt_install() {
  as_root apt-get install -y -q --fix-broken --no-install-recommends \
    -o DPkg::Lock::Timeout=600 -o APT::Get::AllowUnauthenticated=false "$@"
}
