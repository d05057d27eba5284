# Zydis's source, from Debian's source package, into the cache. The machine's own package sources
# are asked, as deb-src, through lists of our own, so that neither its configuration nor its lists
# change, and no root is needed.

install_zydis() {
  compgen -G "$ELFIN_CACHE/zydis-4.*/src/Decoder.c" || fetch_zydis
}

fetch_zydis() {
  local scratch codename unpacked
  note "fetching Zydis's source into $ELFIN_CACHE"
  scratch=$(new_scratch zydis) || return
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
  mkdir -p "$scratch"/{parts,lists/partial,cache/archives/partial,source}
  write_source_parts "$codename" "$scratch/parts"
  [[ $(ls -A "$scratch/parts") ]] || {
    echo "No package source of this machine offers the suite '$codename'."
    return 1
  }
  cd "$scratch/source" || return
  private_apt "$scratch" update -q || return
  private_apt "$scratch" source -q zydis || return
  unpacked=$(echo "$scratch"/source/zydis-4.*/)
  [[ -f $unpacked/src/Decoder.c ]] || {
    echo "apt-get source left no folder of Zydis 4."
    return 1
  }
  unpacked=${unpacked%/}
  keep "$unpacked" "$ELFIN_CACHE/${unpacked##*/}" && rm -rf "$scratch"
}

private_apt() {
  local scratch=$1
  shift
  try apt-get -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$scratch/parts" \
    -o Dir::State::lists="$scratch/lists" -o Dir::Cache="$scratch/cache" \
    -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=true -o Acquire::Languages=none "$@"
}

# write_source_parts SUITE FOLDER [/etc/apt]: the machine's entries for SUITE, from deb to deb-src.
# There are two syntaxes: one line an entry (.list), and paragraphs (.sources).
write_source_parts() {
  local suite=$1 folder=$2 apt=${3:-/etc/apt} file
  for file in "$apt"/sources.list "$apt"/sources.list.d/*.list; do
    [[ -r $file ]] || continue
    awk -v suite="$suite" '
      $1 == "deb" {
        rest = $0
        sub(/^[ \t]*deb[ \t]+/, "", rest)
        after = rest
        sub(/^\[[^]]*\][ \t]*/, "", after)
        split(after, word, /[ \t]+/)
        if (word[2] == suite) print "deb-src " rest
      }' "$file"
  done | sort -u >"$folder/machine.list"
  for file in "$apt"/sources.list.d/*.sources; do
    [[ -r $file ]] || continue
    awk -v suite="$suite" '
      function finish(   i, found, count, word) {
        count = split(suites, word, /[ \t]+/)
        for (i = 1; i <= count; i++) if (word[i] == suite) found = 1
        if (found && types ~ /(^|[ \t])deb([ \t]|$)/ && enabled !~ /^no/) printf "%s\n", text
        text = suites = types = enabled = ""
      }
      /^#/ { next }
      /^[ \t]*$/ { finish(); next }
      tolower($1) == "types:" { types = $0; text = text "Types: deb-src\n"; next }
      tolower($1) == "suites:" {
        suites = $0; sub(/^[^:]*:[ \t]*/, "", suites)
        text = text "Suites: " suite "\n"; next
      }
      tolower($1) == "enabled:" { enabled = $2 }
      { text = text $0 "\n" }
      END { finish() }' "$file"
  done >"$folder/machine.sources"
  find "$folder" -empty -type f -delete
}
