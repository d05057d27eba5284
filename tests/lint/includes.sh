# Who may include whom. A folder's row lists the prefixes of what its files may include; its own
# folder and the standard library go without saying. The longest matching folder counts.

include_rules() {
  cat <<'END'
runtime/base            -
runtime/cpu             runtime/base decoder jit/semantics jit/instructions jit/instructions.inc
runtime/memory          runtime/base
runtime/loader          runtime/base runtime/memory
runtime                 runtime/base
decoder                 runtime/base jit/instructions.inc
jit                     runtime/base decoder
blockfs                 runtime/base
syscalls                runtime/base runtime/memory runtime/loader blockfs
END
}

# The contracts between the binaries, which all may read.
readonly contracts="runtime/address_map.h runtime/cpu/cpu_state.h runtime/cpu/exit_reason.h runtime/cpu/x87_ops.h runtime/cpu/float_helpers.h runtime/cpu/integer_helpers.h runtime/cpu/string_compare.h runtime/cpu/carryless.h runtime/cpu/aes.h runtime/cpu/sha.h decoder/features.h runtime/cpu/translated_code.h runtime/cpu/flag_words.h runtime/cpu/wide_arithmetic.h runtime/cpu/translated_helpers.inc jit/region/translation_request.h"

# Project includes are written with their path from the top, in quotes.
check_includes() {
  local files
  mapfile -t files < <(list .h .cc .inc | grep -E '^(runtime|decoder|jit|blockfs|syscalls)/')
  ((${#files[@]})) || return 0
  awk -v contracts="$contracts" '
    NR == FNR { count++; folder[count] = $1; $1 = contracts; allowed[count] = $0; next }
    FNR == 1 {
      best = 0
      for (i = 1; i <= count; i++)
        if (index(FILENAME, folder[i] "/") == 1 && length(folder[i]) > length(folder[best])) best = i
    }
    best && match($0, /^#include "[^"]+"/) {
      path = substr($0, RSTART + 10, RLENGTH - 11)
      if (path !~ /\//) { printf "%s:%d: \"%s\" lacks its path from the top\n", FILENAME, FNR, path; next }
      if (index(path, folder[best] "/") == 1) next
      ok = 0
      n = split(allowed[best], prefix, " ")
      for (i = 1; i <= n; i++)
        if (path == prefix[i] || index(path, prefix[i] "/") == 1) ok = 1
      if (!ok) printf "%s:%d: %s may not include %s\n", FILENAME, FNR, folder[best], path
    }' <(include_rules) "${files[@]}"
}

# Big libraries stay behind one door.
check_doors() {
  door '<(Zydis|Zycore)/' '^(decoder|tests/decoder|tests/cpu/fuzz)/' 'only decoder/ knows Zydis'
  door '["<](binaryen|wasm)(-[a-z]+)*[./]' '^(jit/(emit|region|module)|tests/jit|cmake/binaryen)/' \
    'only jit/emit, jit/region and jit/module know Binaryen'
  door '<emscripten' '^(web|syscalls/entry|runtime/cpu/entry)/' \
    'only the entries of the binaries know Emscripten'
}

# door PATTERN FOLDERS SENTENCE
door() {
  list .h .cc | grep -vE "$2" | xargs -r grep -nHE "^#include *$1" |
    sed -E "s|^([^:]*:[0-9]*):.*|\\1: $3|"
}
