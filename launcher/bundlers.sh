# Bundlers from npm into the cache: esbuild, which makes the few scripts of a site out of the page's modules; and Vite and
# webpack, with which the package is tested.

readonly esbuild_version=0.28.2
readonly esbuild_folder=$ELFIN_CACHE/esbuild-$esbuild_version
readonly vite_version=8.3.8 webpack_version=5.113.0
readonly bundlers_folder=$ELFIN_CACHE/vite-$vite_version-webpack-$webpack_version

install_esbuild() {
  [[ -f $esbuild_folder/node_modules/esbuild/lib/main.js ]] ||
    fetch_npm esbuild "$esbuild_folder" "esbuild@$esbuild_version" || return
  echo "esbuild: $esbuild_folder"
}

install_tested_bundlers() {
  [[ -d $bundlers_folder/node_modules/webpack ]] ||
    fetch_npm bundlers "$bundlers_folder" "vite@$vite_version" "webpack@$webpack_version" || return
  echo "Vite and webpack: $bundlers_folder"
}
