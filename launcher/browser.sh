# What suites with a browser need besides: Debian's Chromium and Firefox, and Playwright's core, which drives the first,
# from npm into the cache. Installed when such a suite first runs, since nothing else wants them.

readonly playwright_version=1.65.1
readonly playwright_folder=$ELFIN_CACHE/playwright-core-$playwright_version

# Its one test is left out where it isn't there.
install_firefox() {
  command -v firefox-esr >/dev/null || install_missing firefox-esr || note "without firefox-esr its test is skipped"
}

install_browser() {
  command -v chromium >/dev/null || install_missing chromium || return
  # The reference images of the page are drawn with it.
  dpkg-query -W -f '${Status}' fonts-dejavu-core 2>/dev/null | grep -q ' installed$' ||
    install_missing fonts-dejavu-core || return
  [[ -f $playwright_folder/package.json ]] || fetch_playwright || return
  try chromium --version --no-sandbox && echo "Playwright: $playwright_folder"
}

fetch_playwright() {
  local scratch package=playwright-core@$playwright_version
  note "fetching $package into $playwright_folder"
  scratch=$(PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm_scratch playwright "$package") || return
  keep "$scratch/node_modules/playwright-core" "$playwright_folder" && rm -rf "$scratch"
}

# TypeScript's compiler, for the declarations of the package.
readonly typescript_version=5.9.3
readonly typescript_folder=$ELFIN_CACHE/typescript-$typescript_version

install_typescript() {
  local scratch
  [[ -f $typescript_folder/lib/tsc.js ]] && return
  note "fetching TypeScript $typescript_version into $typescript_folder"
  scratch=$(npm_scratch typescript "typescript@$typescript_version") || return
  keep "$scratch/node_modules/typescript" "$typescript_folder" && rm -rf "$scratch"
}
