# Checks of single files.

# list SUFFIX…: files of the checkout that end so, tracked or not yet.
list() {
  local suffix names=()
  for suffix in "$@"; do names+=(-o -name "*$suffix"); done
  find . \( -name .git -o -name build -o -name node_modules \) -prune -o \
    -type f \( "${names[@]:1}" \) -print | sed 's#^\./##' | sort
}

list_shell() {
  list .sh
  printf '%s\n' elfin .ci/run
}

check_format() {
  list .h .cc | xargs -r -P 2 -n 40 clang-format --dry-run -Werror --style=file 2>&1 |
    grep -E '(error|warning):' | sed 's/error: code should be clang-formatted.*/not as clang-format has it/' |
    awk -F: '!seen[$1]++' # one line a file: `clang-format -i` repairs them all
}

check_length() {
  list .h .cc .c .mjs .js .ts .sh .py .css .html | xargs -r wc -l | awk '
    $2 == "total" { next }
    $1 > 800 { printf "%s:1: %d lines; 800 are the limit\n", $2, $1 }
    $1 > 400 && $1 <= 800 { printf "warning: %s: %d lines, over 400\n", $2, $1 }
    { count[n++] = $1 }
    END {
      for (i = 1; i < n; i++) { v = count[i]; for (j = i; j > 0 && count[j-1] > v; j--) count[j] = count[j-1]; count[j] = v }
      if (count[int(n / 2)] > 150) printf "warning: the median file has %d lines, over 150\n", count[int(n / 2)]
    }'
}

check_names() {
  list .h .cc .c .mjs .js .sh | grep -E '(^|/)(utils?|misc|common|helpers)[./]' |
    sed 's/$/:1: a name that says nothing/'
  local file
  for file in $(list .h); do
    grep -qE '^#(pragma once|ifndef .*_H_$)' "$file" || echo "$file:1: no include guard"
  done
}

# Every folder that holds code has a README, except below tests/, where the folders that only mirror
# the rest are described by tests/README.md.
check_readmes() {
  local folder
  list .h .cc .c .mjs .js .sh .inc .py | sed -n 's#/[^/]*$##p' | sort -u | while read -r folder; do
    case $folder in
      tests/lib | tests/lint | tests/guest | tests/host) ;;
      tests/*) continue ;;
    esac
    [[ -f $folder/README.md ]] || echo "$folder: no README.md"
  done
  [[ -f README.md ]] || echo "README.md: not there"
}

# Unfinished marks, paths of one machine and addresses of package servers don't belong here.
check_words() {
  list .h .cc .c .inc .mjs .js .sh .py .md .txt .json .cmake |
    grep -v '^tests/lint/files.sh$' | xargs -r grep -nHE \
    '\b(TODO|FIXME|XXX|HACK)\b|(^|[^A-Za-z.])/(work|root|home/[a-z]+)/|://(registry|deb|security|snapshot)\.' |
    sed -E 's/^([^:]*:[0-9]*):.*/\1: an unfinished mark, a path of one machine or the address of a package server/'
}

check_shell() {
  local file
  for file in $(list_shell); do
    bash -n "$file" || echo "$file:1: doesn't parse"
  done
}

check_javascript() {
  local node=node
  [[ -r build/node ]] && node=$(<build/node)
  list .mjs .js | xargs -r -P 2 -n 1 "$node" --check 2>&1
}
