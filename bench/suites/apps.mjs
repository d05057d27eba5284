// Programs as Debian ships them.
import {cSource, insertStatements, repository, script, textOf} from '../inputs.mjs';
import {findProgram, missing} from '../programs.mjs';

const shellLoop = 'i=0; while [ $i -lt "$1" ]; do i=$((i + 1)); done; echo "$i"';
const forkLoop = 'i=0; while [ $i -lt "$1" ]; do /bin/true; i=$((i + 1)); done; echo "$i"';
const compile = 'd=$(mktemp -d) && cd "$d" && gcc -O2 -c -o it.o "$1" && sha256sum it.o; s=$?; rm -r "$d"; exit $s';

// A row of a program of Debian's. `words` are its arguments; what else a row has comes in `more`.
function app(name, debianPackage, title, words, more = {}) {
  const [program] = (more.program ?? name).split(' ');
  const {program: _, ...rest} = more;
  return {name, title, missing: missing(program, debianPackage), command: [findProgram(program), ...words], ...rest};
}

export const dashLoop = (count) => app('dash-loop', 'dash', `dash: a loop of ${count}`,
                                       ['-c', shellLoop, 'loop', `${count}`], {program: 'dash'});

export const findRow = (folder) => app('find', 'findutils', `find ${folder}`, [folder, '-name', '*a*', '-printf', '%p %s\\n'],
                                       {output: 'lines', browser: false});

export const apps = {
  name: 'apps',
  title: 'programs as Debian ships them',
  rows: ({quick}) => {
    const size = (full, brief) => (quick ? brief : full);
    const text = textOf(size(100000, 1000));
    return [
      app('gzip', 'gzip', 'gzip -9', ['-n', '-9', '-c'], {input: text}),
      app('xz', 'xz-utils', 'xz', ['-c', '-T1'], {input: textOf(size(20000, 500))}),
      app('sha256sum', 'coreutils', 'sha256sum', [], {input: text.repeat(size(8, 1))}),
      app('sort', 'coreutils', 'sort', ['--parallel=1'], {input: text}),
      app('awk', 'mawk', 'mawk: words counted', ['{for (i = 1; i <= NF; i++) n[$i]++} END {for (w in n) print n[w], w}'],
          {program: 'mawk', input: text, output: 'lines'}),
      app('perl', 'perl', 'perl: words counted', ['-', `${size(60, 1)}`], {input: script('words.pl'), browser: false}),
      app('lua', 'lua5.4', 'lua: queens', ['-', `${size(9, 6)}`], {program: 'lua5.4', input: script('queens.lua')}),
      app('python3-start', 'python3', 'python3: start', ['-I', '-c', 'print("started")'],
          {program: 'python3', browser: false}),
      app('python3-n-body', 'python3', 'python3: n-body', ['-I', '-', `${size(50000, 500)}`],
          {program: 'python3', input: script('n_body.py'), browser: false}),
      app('python3-json', 'python3', 'python3: JSON', ['-I', '-', `${size(60, 1)}`],
          {program: 'python3', input: script('json.py'), browser: false}),
      app('sqlite3', 'sqlite3', 'sqlite3: inserts', [':memory:'], {input: insertStatements(size(100000, 1000))}),
      app('gcc', 'gcc', 'gcc -O2 -c', ['-c', compile, 'compile', cSource(size(100, 3))],
          {program: 'dash', needs: ['fork'], browser: false}),
      findRow(quick ? '/usr/share/doc' : '/usr/share'),
      gitLog(size(1000, 50)),
      dashLoop(size(500000, 5000)),
      app('forks', 'dash', `${size(1000, 5)} forks of /bin/true`, ['-c', forkLoop, 'forks', `${size(1000, 5)}`],
          {program: 'dash', needs: ['fork'], files: ['/bin/true']}),
      app('openssl', 'openssl', 'openssl speed -seconds 1: SHA-256', ['speed', '-seconds', '1', '-bytes', '16384', 'sha256'],
          {unit: 'rate', needs: ['alarm'], output: /^sha256 +([0-9.]+)k/m, files: ['/usr/lib/ssl/openssl.cnf']}),
    ];
  },
};

function gitLog(count) {
  const row = {name: 'git-log', title: `git log over ${count} commits`, missing: missing('git', 'git')};
  if (row.missing) return row;
  return {...row, browser: false, command: [findProgram('git'), '--no-pager', `--git-dir=${repository(count)}`, 'log', '--stat']};
}
