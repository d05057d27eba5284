# Bash's language, at some length: functions, arrays, subshells, traps, substitutions, redirections.
set -u
shopt -s extglob nullglob

section() { printf '== %s\n' "$*"; }
fail() { echo "failed: $*" >&2; exit 1; }

section functions
fibonacci() {
  local n=$1
  if ((n < 2)); then
    echo "$n"
  else
    echo $(($(fibonacci $((n - 1))) + $(fibonacci $((n - 2)))))
  fi
}
echo "fibonacci: $(fibonacci 8)"
by_reference() {
  local -n target=$1
  target+=("${@:2}")
}
declare -a words=(zero)
by_reference words one 'two three' four
echo "${#words[@]}: ${words[*]}"
returns() { return "$1"; }
returns 42
echo "status $?"
outer() {
  local shown=outer
  inner() { echo "dynamic scope: $shown ${FUNCNAME[*]}"; }
  inner
}
outer
recurse() { (($1 == 0)) && echo "${#FUNCNAME[@]} frames" || recurse $(($1 - 1)); }
recurse 50

section arrays
numbers=({1..20})
echo "${numbers[@]:5:4} ${numbers[-1]} ${!numbers[*]}"
unset 'numbers[3]'
echo "${#numbers[@]} ${numbers[@]/1/one}"
declare -A ages=([ann]=31 [bob]=27 ["c d"]=99)
ages[eve]=5
for name in $(printf '%s\n' "${!ages[@]}" | tr ' ' _ | sort); do
  echo "$name is ${ages[${name//_/ }]}"
done
[[ -v ages[ann] ]] && echo "ann is there"
sorted=($(printf '%s\n' "${numbers[@]}" | sort -r | head -5))
echo "${sorted[@]}"
mapfile -t lines < <(printf 'first\nsecond line\n\nfourth\n')
echo "${#lines[@]} '${lines[1]}' '${lines[2]}'"
read -ra parts <<<"some words on   a line"
echo "${#parts[@]} ${parts[3]}"
IFS=: read -r user _ id rest <<<'name:x:1000:1000:a person:/home:/bin/sh'
echo "$user $id $rest"

section expansions
path=/usr/local/lib/archive.tar.gz
echo "${path##*/} ${path%/*} ${path%%.*} ${path#*.} ${path/local/share} ${path^^} ${#path}"
unset nothing
echo "${nothing:-default} ${nothing:+set} ${nothing=assigned} $nothing"
text='a  b   c'
echo "${text// /_} ${text//+( )/ } ${text@Q}"
printf '%q %5.2f %-8s| %08x %s\n' 'it'\''s' 3.14159 left 48879 $'tab\there'
echo {a,b}{1..3} {01..05} {z..w}
echo $((2 ** 10)) $((0x1f + 010)) $((7 / 2)) $((-7 % 3)) $((5 > 3 ? 10 : 20)) $((16#ff))
i=5; echo $((i++ + ++i)) $i $((i <<= 2)) $((i & 12)) $((1, 2))
: "${HOME:?}"
echo "${BASH_VERSINFO[0]}" "$(type -t section)" "$(type -t cd)" "$(type -t if)"

section patterns
for word in foo.c bar.h readme Makefile a1b2; do
  case $word in
    *.c | *.h) echo "$word: source" ;;
    [A-Z]*) echo "$word: capital" ;&
    re*) echo "$word: falls through" ;;
    *[0-9]*) echo "$word: digits" ;;
  esac
done
if [[ 'key = value 42' =~ ^([a-z]+)\ =\ ([a-z]+)\ ([0-9]+)$ ]]; then
  echo "${BASH_REMATCH[@]:1} ${#BASH_REMATCH[@]}"
fi
touch one.txt two.txt three.log .hidden
eval 'echo *.txt !(*.txt) *.none .h*'

section subshells
value=parent
(value=child; echo "$value"; exit 3)
echo "$value $?"
{ value=group; } 2>/dev/null
echo "$value"
echo piped | { read -r value; echo "inside $value"; }
echo "outside $value"
shopt -s lastpipe
echo piped | read -r value
echo "lastpipe $value"
result=$(echo one; echo two >&2; exit 4) 2>/dev/null
echo "$result $?"
(set -e; false; echo never) ; echo "set -e: $?"
(set -o pipefail; exit 3 | true); echo "pipefail: $?"
true | false | (exit 5) | true
echo "${PIPESTATUS[@]}"
! true; echo "not: $?"

section redirections
exec 3>out.txt
echo 'to three' >&3
exec 3>&-
{ echo out; echo err >&2; } >both.txt 2>&1
cat out.txt both.txt
echo more >>out.txt
wc -l <out.txt
exec 4<out.txt
read -r -u 4 line; echo "$line"; read -r -u 4 line; echo "$line"; read -r -u 4 line || echo end
exec 4<&-
cat <<EOF
expanded $((1 + 1)) $value
	tab
EOF
cat <<'EOF' | tr a-z A-Z
not $expanded `at all`
EOF
cat <<-EOF
	tabs are taken off
	EOF
(set -C; echo x >out.txt) 2>/dev/null || echo 'noclobber'
{ echo a; echo b >&3; } 3>&1 | sort -r
exec {free}<both.txt; read -r line <&"$free"; echo "$line"; exec {free}<&-
cat missing.txt 2>/dev/null || echo "missing: $?"

section substitution of processes
diff <(seq 5) <(seq 2 6); echo "diff: $?"
tee >(tr a-z A-Z >upper.txt) <<<'split' >lower.txt; while [[ ! -s upper.txt ]]; do sleep 0.01; done
cat upper.txt lower.txt
while read -r a <&3 && read -r b <&4; do echo "$a-$b"; done 3< <(seq 3) 4< <(seq 11 13)
coproc UPPER { while read -r line; do echo "${line^^}"; done; }
echo 'hello coprocess' >&"${UPPER[1]}"; read -r answer <&"${UPPER[0]}"; echo "$answer"
eval "exec ${UPPER[1]}>&-"; wait "$UPPER_PID" 2>/dev/null; echo "coprocess: $?"

section traps
trap 'echo "got USR1"' USR1
kill -USR1 $$
trap 'echo "child ended"' CHLD; (exit 1) & wait $!; echo "wait: $?"; trap - CHLD
(trap 'echo "subshell exits with $?"' EXIT; exit 9); echo "then $?"
(trap 'echo term; exit 20' TERM; kill -TERM $BASHPID; echo unreached); echo "term: $?"
(trap '' INT; kill -INT $BASHPID; echo 'int ignored')
(kill -KILL $BASHPID); echo "kill: $?"
debugged() { trap 'echo "error at $BASH_COMMAND"' ERR; false; true; trap - ERR; }
debugged
n=0; trap 'n=$((n + 1))' DEBUG; :; :; :; trap - DEBUG; echo "debug: $n"
trap -p USR1
sleep 100 & pid=$!; kill $pid; wait $pid 2>/dev/null; echo "background: $?"
{ sleep 0.05; kill -USR1 $$; } & wait $!; echo "interrupted wait: $?"; wait

section jobs
for n in 1 2 3 4; do (sleep 0.0$n; exit $n) & pids[n]=$!; done
for n in 4 3 2 1; do wait "${pids[n]}"; echo "job $n: $?"; done
(exit 7) & wait -n $!; echo "wait -n: $?"
set -m; sleep 100 & pid=$!
kill -STOP $pid; while [[ $(jobs -s) == '' ]]; do sleep 0.01; done; jobs -s | sed 's/^[^ ]* *//; s/ \+/ /g'
kill -CONT $pid; kill $pid; until wait $pid 2>/dev/null; status=$?; [[ $status != 147 ]]; do :; done; echo "killed: $status"; set +m

section loops
for ((i = 0, j = 10; i < j; i += 3, j--)); do ((i == 6)) && continue; echo -n "$i,$j "; done; echo
n=0; until ((++n >= 5)); do [[ $n == 3 ]] && break; done; echo "$n"
select choice in apple pear; do echo "chose $choice"; break; done <<<2 2>/dev/null
set -- -a -b value --; while getopts 'ab:' option; do echo "option $option ${OPTARG-}"; done
shift $((OPTIND - 1)); echo "$# left"
sum=0; printf '%s\n' {1..300} | while read -r n; do ((sum += n)); echo "$sum"; done | tail -1
time_of() { TIMEFORMAT=%0R; time sleep 0.01; }; time_of 2>&1
ulimit -n 100; ulimit -n; (ulimit -t 100; ulimit -t); umask 027; umask; umask -S

trap 'echo "bye ($?)"' EXIT
section end
fail 'on purpose' 2>/dev/null
