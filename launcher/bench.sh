# ./elfin bench [SUITE] [--json FILE]: a suite is bench/SUITE.mjs.
readonly bench_default=interpreter

bench() {
  local suite=$bench_default
  if [[ ${1-} && $1 != -* ]]; then
    suite=$1
    shift
  fi
  case $suite in
    interpreter) ;;
    *) complain "there is no benchmark '$suite' yet; bench/README.md lists them"; exit 125 ;;
  esac
  (setup_all) >&2 || exit 1
  exec "$(<"$ELFIN_BUILD/node")" "$ELFIN_TOP/bench/$suite.mjs" "$@"
}
