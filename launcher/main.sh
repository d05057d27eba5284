# What ./elfin does with its first argument.
set -u -o pipefail
unset CDPATH
: "${HOME:=$(getent passwd "$EUID" | cut -d : -f 6)}"
export HOME

ELFIN_TOP=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
ELFIN_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/elfin
ELFIN_BUILD=$ELFIN_TOP/build
ELFIN_LOG=$ELFIN_BUILD/log
readonly ELFIN_TOP ELFIN_CACHE ELFIN_BUILD ELFIN_LOG

. "$ELFIN_TOP/launcher/progress.sh"

usage() {
  cat <<'END'
Elfin runs unmodified x86-64 Linux programs in WebAssembly.

  ./elfin setup                 install what is missing, build; does nothing when all is there
  ./elfin demo                  set up, then compute π with Debian's own bc and show the time
  ./elfin test [SUITE…]         set up, then run every test (or the suites named: see `test --list`)
  ./elfin run [options] [--] PROGRAM [ARGUMENT…]    (an image may name its own)
      --root DIR                a host folder as /            (read-only unless --rw)
      --image FILE|URL          an ext2, ext3 or ext4 image as /; it stays as it is. A URL that ends in / or
                                /latest is a chunked one, any other a file on a server with ranges
      --overlay FILE            where writes to the image go  (default: memory)
      --env K=V  --cwd DIR  --uid N    as they say
      --strace                  one line a system call, on standard error
      --jit on|off|sync         which tiers run (on: hot code is translated beside the guest)
      --jit-cache DIR|off       where translations stay for later runs
      --strict                  translated code checks every page's permissions
      --stats FILE              counters of the run, as JSON
      --timeout SECONDS         then the guest is killed, status 124
  ./elfin image build SOURCE IMAGE          an ext4 disk of a folder, a tar archive, or a container image as
                                docker save or an OCI layout has it; no root is needed
      --recipe NAME IMAGE       small: bash, bc and busybox; demo: a Debian system with tools and a compiler;
                                shell: mksh alone
      --packages FILE IMAGE     a Debian system with the packages that FILE lists
      --size 2G  --owner UID:GID  --tag NAME   the disk's size; whose all is; which of several containers
  ./elfin image update OLD NEW --from SOURCE    a new version of an image: what stays the same keeps its blocks
                                (or --recipe, --packages; --owner, --tag as above)
  ./elfin image chunk IMAGE FOLDER          the image as a folder for any static web server
      --pack 'COMMAND'…  --no-packs        what COMMAND needs up to its prompt comes as one piece, too
                                (as always for the image's own program)
  ./elfin image info IMAGE|URL  what it is
  ./elfin image check IMAGE [--overlay FILE]        what e2fsck says of it; nothing is changed
  ./elfin image export IMAGE --overlay FILE OUT     both as an image of its own
      --changes                what the overlay has alone, packed: an overlay, too
  ./elfin bench [SUITE…] [ROW…] [options]  measure, beside native in the same run: pi, cpu, apps, published,
                                os, disk, startup, translate, interpreter, page; all without a name
      --json FILE  --svg FILE   all samples, with machine and engine; a plot
      --check BASELINE          status 1 when a row's ratio became worse than in that record,
      --tolerance P             by more than P % (15); --force: even if from another machine
      --compare A B             two records
      --browser  --peers        in headless Chromium, too; qemu-user and v86, too
      --quick  --runs N  --jit on|off|sync  --scale N,N…   briefly; other ways to run
  ./elfin bench readme          README's figures from docs/figures.json
  ./elfin serve [options]       the page: a terminal in a browser
      --port N                  where it listens              (default: 8080)
      --image FILE | --root DIR the disk: an ext2, ext3 or ext4 image, or a folder, of which one is made
                                                              (default: bash, bc and busybox)
  ./elfin site OUT [options]    the page as a folder for any static host
      --image FILE | --root DIR its disk
      --title TEXT  --offline   what it is called; kept whole for visits without a network
  ./elfin help                  this text

The exit status of `run` is the guest's own (128 + signal when it was killed); 125 is Elfin's own
trouble, 126 a file that can't be executed, 127 one that isn't there.
END
}

# Commands load their files when they are called, so that `help` and errors stay quick.
load() {
  local name
  for name in "$@"; do . "$ELFIN_TOP/launcher/$name.sh"; done
}

main() {
  local command=${1-help}
  (($# > 0)) && shift
  [[ $command == run ]] || export LC_ALL=C.UTF-8 # numbers with points, sorting by bytes
  case $command in
    setup) load setup; setup_all "$@" ;;
    demo) load setup demo; demo "$@" ;;
    test) with_default_signals "$command" "$@"; load setup test; test_all "$@" ;;
    bench) load setup bench; bench "$@" ;;
    run) load setup; run_after_setup "$@" ;;
    serve) load setup serve; serve "$@" ;;
    site) load setup serve; site "$@" ;;
    image) load setup image; image "$@" ;;
    help | --help | -h) usage ;;
    *) complain "there is no command '$command'; ./elfin help lists them"; exit 125 ;;
  esac
}

# Starts over once, so that no test depends on which signals whoever started this one ignores.
with_default_signals() {
  [[ ${ELFIN_DEFAULT_SIGNALS-} ]] && return
  ELFIN_DEFAULT_SIGNALS=1 exec env --default-signal /bin/bash "$ELFIN_TOP/launcher/main.sh" "$@"
}

# The slow way into `run`, taken when nothing has been built yet: set up, talking on standard error
# only, then start over on the quick way.
run_after_setup() {
  (setup_all) >&2 </dev/null || exit 125
  exec "$ELFIN_TOP/elfin" run "$@"
}

main "$@"
