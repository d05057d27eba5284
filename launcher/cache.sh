# The cache holds what third parties made, outside the checkout, so that other clones find it ready.
# A thing appears in it whole or not at all: it is made in a scratch folder and renamed.

# new_scratch NAME: prints a fresh folder in the cache; one that was left by a cut-off run is removed.
new_scratch() {
  local scratch=$ELFIN_CACHE/making-$1
  rm -rf "$scratch" && mkdir -p "$scratch" && echo "$scratch"
}

# keep FROM TO: moves a finished thing to its place.
keep() {
  rm -rf "$2"
  sync -f "$1" # the name must not reach the disk before the content
  mv -T "$1" "$2"
}

write_atomically() {
  local file=$1 text=$2
  [[ -r $file && $(<"$file") == "$text" ]] && return 0
  printf '%s\n' "$text" >"$file.new" && mv "$file.new" "$file"
}

# with_lock FILE COMMAND [ARGUMENT…]: one process at a time; the lock ends with its holder and what it
# started. An elfin that runs inside such a command, as in a test, goes ahead.
with_lock() {
  local file=$1 status lock
  shift
  case :${ELFIN_LOCKS-}: in *:"$file":*) "$@"; return ;; esac
  exec {lock}>"$file" || return
  if ! flock -n "$lock"; then
    note "waiting for another elfin that is at work here"
    flock "$lock"
  fi
  ELFIN_LOCKS=${ELFIN_LOCKS-}:$file
  export ELFIN_LOCKS
  "$@"
  status=$?
  ELFIN_LOCKS=${ELFIN_LOCKS%":$file"}
  exec {lock}>&-
  return "$status"
}
