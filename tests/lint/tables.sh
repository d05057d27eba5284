# Every row of the two tables has its test, and every gap its sentence.

# The fuzzer draws its cases from instructions.inc, so a row is tested unless the fuzzer leaves it
# out; tests/cpu/fuzz/exclusions.inc then says why, and the test that it names exists.
check_instruction_rows() {
  local exclusions=tests/cpu/fuzz/exclusions.inc file line
  rows_without_note INSN jit/instructions/*.inc
  awk -F'[(,]' '
    NR == FNR { if (/^INSN\(/) { gsub(/ /, "", $2); row[$2] = 1 } next }
    /^EXCLUDE/ && !($2 in row) && $2 !~ /^(NotImplemented|BlockEnd)$/ {
      printf "%s:%d: no row is called %s\n", FILENAME, FNR, $2
    }
    /^EXCLUDE/ && !/"[^"]+"\)$/ { printf "%s:%d: no reason given\n", FILENAME, FNR }
  ' <(cat jit/instructions/*.inc) "$exclusions"
  grep -noE 'tests/[a-z0-9_/]+\.cc' "$exclusions" | while IFS=: read -r line file; do
    [[ -f $file ]] || echo "$exclusions:$line: there is no $file"
  done
}

# A call with a handler is named in a test: as its handler (SysRead), as a tag ([sys_read]), or by its
# number's name in a guest program (SYS_read).
check_syscall_rows() {
  local table=syscalls/table.inc tested
  [[ -f $table ]] || return 0
  rows_without_note 'ELFIN_SYSCALL(?:_REFUSED|_MISSING)?' "$table"
  tested=$(find tests \( -name '*.cc' -o -name '*.c' -o -name '*.mjs' \) -print0 |
    xargs -0 -r grep -hoE '\b(Sys[A-Z][A-Za-z0-9]*|(sys|SYS)_[a-z0-9_]+)\b' | sort -u)
  awk -F'[(, ]+' '
    NR == FNR { seen[$1] = 1; next }
    /^ELFIN_SYSCALL\(/ && !(($4 in seen) || ("sys_" $3 in seen) || ("SYS_" $3 in seen)) {
      printf "%s:%d: no test names %s (as %s or [sys_%s])\n", FILENAME, FNR, $3, $4, $3
    }' <(printf '%s\n' "$tested") "$table"
}

# rows_without_note MACRO FILE…: rows whose level is not kFull and whose last string is empty.
rows_without_note() {
  local macro=$1 file
  shift
  for file in "$@"; do
    perl -0777 -ne '
      while (/^('"$macro"')\(((?:[^"()]|"(?:[^"\\]|\\.)*"|\((?:[^()]|\([^()]*\))*\))*)\)/mg) {
        my ($name, $body, $before) = ($1, $2, $`);
        next if $name !~ /REFUSED|MISSING/ && $body !~ /\bk(Partial|Refused|Missing)\b/;
        next if $body =~ /"(?:[^"\\]|\\.)+"\s*$/;
        my $line = 1 + ($before =~ tr/\n//);
        print "$ARGV:$line: a gap without a sentence\n";
      }' "$file"
  done
}
