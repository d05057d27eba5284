# esbuild, which makes the few scripts of a site out of the page's modules, from npm into the cache.

readonly esbuild_version=0.28.2
readonly esbuild_folder=$ELFIN_CACHE/esbuild-$esbuild_version

install_esbuild() {
  [[ -f $esbuild_folder/node_modules/esbuild/lib/main.js ]] ||
    fetch_npm esbuild "$esbuild_folder" "esbuild@$esbuild_version" || return
  echo "esbuild: $esbuild_folder"
}
