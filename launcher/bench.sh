# ./elfin bench [SUITE] [OPTION…]: a suite is bench/SUITE.mjs, which reads the options.
readonly bench_default=cpu

bench() {
  local suite=$bench_default
  if [[ ${1-} && $1 != -* ]]; then
    suite=$1
    shift
  fi
  case $suite in
    cpu | pi | interpreter) ;;
    *) complain "there is no benchmark '$suite'; bench/README.md lists them"; exit 125 ;;
  esac
  (setup_all) >&2 || exit 1
  exec "$(<"$ELFIN_BUILD/node")" "$ELFIN_TOP/bench/$suite.mjs" "$@"
}
