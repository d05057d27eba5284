# Packages from npm, for the cache.

# npm_scratch NAME PACKAGE@VERSION…: prints a scratch folder of the cache whose node_modules has them, with what they
# need; the caller keeps of it what it wants and removes it.
npm_scratch() {
  local scratch name=$1
  shift
  scratch=$(new_scratch "$name") || return
  (cd "$scratch" && echo '{"private": true}' >package.json &&
    try npm install --no-audit --no-fund --no-update-notifier --loglevel=error "$@") >&2 || return
  echo "$scratch"
}

# fetch_npm NAME FOLDER PACKAGE@VERSION…: their node_modules as FOLDER/node_modules.
fetch_npm() {
  local scratch name=$1 folder=$2
  shift 2
  note "fetching $* into $folder"
  scratch=$(npm_scratch "$name" "$@") || return
  keep "$scratch" "$folder"
}
