// The cases: `argv`; `needs`: files that must be there, with the packages that have them; `seconds`: the limit in Elfin;
// `status`: the exit status of a run that got to its end, 0 if not given; `fast`: belongs to the fast part.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { helloClass } from './hello_class.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const bash = (name) => ['/bin/bash', here(name)];
const python = (name, ...rest) => ['/usr/bin/python3', here(name), ...rest];
const JAVA = { '/usr/bin/java': 'default-jre-headless' };
const PYTHON = { '/usr/bin/python3': 'python3' };
const PYTHON_TESTS = { '/usr/lib/python3.11/test/test_json/__init__.py': 'libpython3.11-testsuite' };

export const CASES = [
  { name: 'bash script', argv: bash('shell_script.sh'), needs: { '/bin/bash': 'bash' }, seconds: 60, status: 1, fast: true },
  { name: 'find xargs grep', argv: bash('find_grep.sh'), needs: { '/usr/bin/find': 'findutils' }, seconds: 90, fast: true },
  {
    name: 'archives',
    argv: bash('archives.sh'),
    needs: { '/bin/tar': 'tar', '/usr/bin/xz': 'xz-utils', '/bin/bzip2': 'bzip2' },
    seconds: 120,
    fast: true,
  },
  { name: 'C project', argv: bash('c_project.sh'), needs: { '/usr/bin/gcc': 'gcc', '/usr/bin/make': 'make' }, seconds: 600 },
  { name: 'git', argv: bash('git.sh'), needs: { '/usr/bin/git': 'git' }, seconds: 300, fast: true },
  { name: 'perl processes', argv: ['/usr/bin/perl', here('perl_processes.pl')], needs: { '/usr/bin/perl': 'perl' }, seconds: 90, fast: true },
  { name: 'sqlite3 WAL', argv: bash('sqlite_wal.sh'), needs: { '/usr/bin/sqlite3': 'sqlite3' }, seconds: 90, fast: true },
  { name: 'python3 subprocess', argv: python('python_subprocess.py'), needs: PYTHON, seconds: 120, fast: true },
  { name: 'python3 threading', argv: python('python_threading.py'), needs: PYTHON, seconds: 120, fast: true },
  { name: 'python3 multiprocessing', argv: python('python_multiprocessing.py'), needs: PYTHON, seconds: 240, fast: true },
  { name: 'python3 asyncio', argv: python('python_asyncio.py'), needs: PYTHON, seconds: 120, fast: true },
  { name: 'python3 sqlite3', argv: python('python_sqlite.py'), needs: PYTHON, seconds: 120, fast: true },
  { name: 'python3 test_json', argv: python('python_unittest.py', 'test.test_json'), needs: { ...PYTHON, ...PYTHON_TESTS }, seconds: 600 },
  { name: 'python3 test_re', argv: python('python_unittest.py', 'test.test_re'), needs: { ...PYTHON, ...PYTHON_TESTS }, seconds: 600 },
  {
    name: 'Go',
    argv: ['./goroutines'],
    needs: { '/usr/bin/go': 'golang-go' },
    prepare: (folder) => buildGo('goroutines.go', path.join(folder, 'goroutines')),
    seconds: 120,
    status: 2,
  },
  {
    name: 'C++',
    argv: ['./threads'],
    needs: { '/usr/bin/g++': 'g++' },
    prepare: (folder) => execFileSync('g++', ['-O2', '-std=c++20', '-pthread', here('threads.cc'), '-o', path.join(folder, 'threads')]),
    seconds: 60,
    status: 134,
    fast: true,
  },
  { name: 'Node', argv: ['/usr/bin/node', here('node_script.cjs')], needs: { '/usr/bin/node': 'nodejs' }, seconds: 300, status: 5 },
  { name: 'redis', argv: bash('redis.sh'), needs: { '/usr/bin/redis-server': 'redis-server', '/usr/bin/redis-benchmark': 'redis-tools' }, seconds: 240 },
  { name: 'openssl', argv: bash('openssl.sh'), needs: { '/usr/bin/openssl': 'openssl' }, seconds: 120, fast: true },
  { name: 'LuaJIT', argv: ['/usr/bin/luajit', here('luajit_kernels.lua')], needs: { '/usr/bin/luajit': 'luajit' }, seconds: 120 },
  { name: 'java -version', argv: ['/bin/sh', '-c', 'exec java -version 2>&1'], needs: JAVA, seconds: 300 },
  {
    name: 'java Hello',
    argv: ['/usr/bin/java', '-cp', '.', 'Hello'],
    needs: JAVA,
    prepare: (folder) => fs.writeFileSync(path.join(folder, 'Hello.class'), helloClass()),
    seconds: 300,
  },
  terminal('bash on a terminal', 'terminal_bash.py', ['/bin/bash', '--norc', '--noprofile', '-i'], { '/bin/bash': 'bash' }),
  terminal('less on a terminal', 'terminal_less.py', ['/usr/bin/less', '-M', 'text'], { '/usr/bin/less': 'less' }),
  terminal('vim on a terminal', 'terminal_vim.py', ['/usr/bin/vim', '-u', 'NONE', '-N', 'text.c'], { '/usr/bin/vim': 'vim' }),
  terminal('htop on a terminal', 'terminal_htop.py', ['/usr/bin/htop'], { '/usr/bin/htop': 'htop' }),
  terminal('tmux on a terminal', 'terminal_tmux.py', ['/bin/sh', here('terminal_tmux.sh')], { '/usr/bin/tmux': 'tmux' }),
];

/** A case whose command is on a pseudoterminal, at which a script of terminal_session.py types. */
function terminal(name, script, argv, needs) {
  const all = { '/dev/ptmx': 'a kernel with pseudoterminals', '/usr/lib/python3/dist-packages/pyte/__init__.py': 'python3-pyte', ...needs };
  return { name, driver: python(script), argv, needs: all, seconds: 240, fast: true };
}

function buildGo(source, binary) {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GO111MODULE: 'off', GOCACHE: '/var/tmp/elfin-acceptance-go' };
  execFileSync('go', ['build', '-o', binary, here(source)], { env });
}
