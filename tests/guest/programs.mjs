// What tests/programs.mjs runs, natively and in Elfin: our own guest programs, and Debian's.
import fs from 'node:fs';
import os from 'node:os';

/** A text of a few hundred lines, the same on every machine. */
function lines(count) {
  let state = 12345;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
  const words = 'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu'.split(' ');
  const line = () =>
    `${next() % 1000} ${words[next() % 12]} ${words[(next() >>> 8) % 12]} ${(next() % 9973) / 7}`;
  return `${Array.from({ length: count }, line).join('\n')}\n`;
}

export const TEXT = lines(400);
export const NUMBERS = `${Array.from({ length: 2000 }, (_, i) => (i * 7919) % 2003).join('\n')}\n`;

/** A container may have none; then there is nothing to compare with. */
function hasPseudoterminals() {
  try {
    fs.closeSync(fs.openSync('/dev/ptmx', 'r+'));
    return true;
  } catch {
    process.stderr.write('no pseudoterminals on this machine: terminals and random_kills are left out\n');
    return false;
  }
}

/** Whether this machine's memory filesystem has extended attributes of users, as Linux 6.6 and later. */
function memoryHasAttributes() {
  const [major, minor] = os.release().split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 6);
}

/**
 * Programs of this folder, each built static and dynamic. `runs`: arguments and input of each run;
 * `scratch`: makes files, so it also runs over the guest's own memory filesystem and, static, on an ext4 disk;
 * 'own': not in a folder of this machine; 'disk': on the disk only.
 */
const oneRun = [{}];
export const GUESTS = [
  { name: 'arguments', runs: [{ args: ['one', '', 'two words', '--option=ü'], env: { ELFIN_TEST: 'value' } }] },
  { name: 'bad_pointers', runs: oneRun },
  { name: 'busy_files', runs: oneRun, scratch: true },
  { name: 'clocks', runs: oneRun },
  { name: 'code_changes', runs: oneRun },
  { name: 'directories', runs: oneRun, scratch: true },
  { name: 'doubles', runs: oneRun },
  { name: 'epoll', runs: oneRun },
  { name: 'event_files', runs: oneRun },
  { name: 'exceptions', source: 'exceptions.cc', runs: oneRun },
  { name: 'extended_attributes', runs: oneRun, scratch: memoryHasAttributes() ? 'own' : 'disk' },
  {
    name: 'fatal',
    runs: [
      'null', 'null_write', 'null_call', 'wild', 'noncanonical', 'divide', 'ud2', 'int3', 'hlt', 'garbage',
      'stack', 'abort', 'raise_term', 'raise_kill', 'alarm', 'pipe', 'exit 0', 'exit 7', 'exit 256', '_exit 3',
      'return 300',
    ].map((way) => ({ args: way.split(' ') })),
  },
  { name: 'file_locks', runs: oneRun, scratch: true },
  { name: 'files', runs: oneRun, scratch: true },
  { name: 'fork_tree', runs: oneRun },
  { name: 'heap', runs: oneRun },
  { name: 'hogs', runs: oneRun, scratch: true },
  { name: 'inotify', runs: oneRun, scratch: true },
  { name: 'input', runs: [{ stdin: TEXT }, { stdin: '' }, { stdin: 'no newline' }, { args: ['raw'], stdin: TEXT }] },
  { name: 'integers', runs: oneRun },
  { name: 'io_priorities', runs: oneRun },
  { name: 'job_control', runs: oneRun },
  { name: 'interfaces', runs: oneRun },
  { name: 'interval_timers', runs: oneRun },
  { name: 'jumps', runs: oneRun },
  { name: 'libraries', linkage: ['dynamic'], runs: oneRun },
  { name: 'locales', runs: oneRun },
  { name: 'loops', runs: oneRun },
  { name: 'long_doubles', runs: oneRun },
  { name: 'mappings', runs: oneRun, scratch: true },
  { name: 'memory_calls', runs: oneRun },
  { name: 'peers', runs: oneRun },
  { name: 'pipes', runs: oneRun },
  { name: 'process_calls', runs: oneRun },
  { name: 'process_groups', runs: oneRun },
  { name: 'processor_signals', runs: oneRun },
  { name: 'processor_limit', runs: oneRun },
  { name: 'processor_timers', runs: oneRun },
  { name: 'random_bytes', runs: oneRun },
  ...(hasPseudoterminals() ? [{ name: 'random_kills', runs: oneRun, scratch: true }] : []),
  { name: 'recursion', runs: oneRun },
  { name: 'segv_handler', runs: oneRun },
  { name: 'shared_memory', runs: oneRun, scratch: true },
  { name: 'signal_queues', runs: oneRun },
  { name: 'signals', runs: oneRun },
  { name: 'spawn', runs: oneRun },
  { name: 'splices', runs: oneRun },
  { name: 'sse', runs: oneRun },
  { name: 'stat_times', runs: oneRun, scratch: true },
  { name: 'stdio_formats', runs: oneRun, scratch: true },
  { name: 'string_edges', runs: oneRun },
  { name: 'system_info', runs: oneRun },
  { name: 'system_v', runs: oneRun },
  { name: 'tcp_sockets', runs: oneRun },
  ...(hasPseudoterminals() ? [{ name: 'terminals', runs: oneRun }] : []),
  { name: 'threads', runs: oneRun },
  { name: 'udp_sockets', runs: oneRun },
  { name: 'unix_sockets', runs: oneRun, scratch: true },
];

const python = `
import json
data = {"k%d" % i: [i, i / 7, str(i)] for i in range(200)}
text = json.dumps(data, sort_keys=True)
print(len(text), json.loads(text) == data)
print(0.1 + 0.2, 1e16, 1 / 3, float("1e-320"), "%.3f %e %g" % (3.14159, 12345.678, 1e-5))
big = {i: i * i for i in range(100000)}
print(len(big), big[99999], sum(big.values()))
`;
const perl = `
my @words = map { ($_ * 7919) % 1009 } 1 .. 5000;
print join(",", (sort { $a <=> $b } @words)[0 .. 20]), "\\n";
my ($n, $text) = (0, "the quick brown fox jumps over the lazy dog " x 200);
while ($text =~ /(\\w)(\\w+)\\s+(?=\\w*o)/g) { $n += length($2) }
print "$n\\n";
`;
const lua = `
local t = {}
for i = 1, 5000 do t[i] = (i * 7919) % 5003 end
table.sort(t)
print(t[1], t[5000], 10 // 3, 2^53, string.format("%.14g %5d %q", 1 / 3, 42, "a\\nb"))
print(("hello world"):gsub("o", "0"), #t, math.type(3), 7 // 2.0)
`;
const sql = `
create table t(id integer primary key, name text, value real);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000)
insert into t select i, 'name' || (i * 7919 % 10007), i / 7.0 from n;
select count(*), sum(value), min(name), max(name) from t;
create index byname on t(name);
select id, name from t where name between 'name100' and 'name101' order by name limit 5;
select id % 10 as d, count(*), round(avg(value), 3) from t group by d order by d;
`;

const shell = `
echo one two three | tr ' ' '\\n' | sort -r | while read word; do echo "<$word>"; done
cat <<HERE | wc -c
a here-document of $((6 * 7)) words
HERE
(cd / && ls -d bin | cat; exit 3); echo "subshell: $?"
sleep 0.05 & sleep 0.01 & wait; echo "waited: $?"
false | true; echo "pipeline: $?"
x=$(printf 'command substitution' | tr a-z A-Z); echo "$x"
trap 'echo trapped' USR1; kill -USR1 $$; kill -0 $$ && echo alive
(kill -TERM $(sh -c 'echo $PPID')); echo "killed: $?"
for i in 1 2 3 4 5; do echo $i; done | { sum=0; while read n; do sum=$((sum + n)); done; echo $sum; }
`;
const bashOnly = `
set -o pipefail; false | true; echo "pipefail: $?"
diff <(echo a; echo b) <(echo a; echo c)
coproc { tr a-z A-Z; }; echo hello >&"\${COPROC[1]}"; eval "exec \${COPROC[1]}>&-"; cat <&"\${COPROC[0]}"
mapfile -t lines < <(seq 5); echo "\${#lines[@]} \${PIPESTATUS[@]}"
f() { (return $1); }; f 4; echo $?
set -m; sleep 30 & p=$!; kill -STOP $p; sleep 0.2; jobs -s | wc -l; kill -CONT $p; kill $p; until wait $p; s=$?; [ $s != 147 ]; do :; done; echo "job: $s"
`;
const makefile = `
all: d.txt
	@echo done
a.txt b.txt c.txt:
	@echo making $@ >/dev/null; echo $(basename $@) > /tmp/elfin-make-$@
d.txt: a.txt b.txt c.txt
	@cat /tmp/elfin-make-a.txt /tmp/elfin-make-b.txt /tmp/elfin-make-c.txt; rm /tmp/elfin-make-?.txt
.PHONY: all a.txt b.txt c.txt d.txt
`;
const pythonProcesses = `
import os, queue, signal, subprocess, sys, threading
print(subprocess.run(["tr", "a-z", "A-Z"], input=b"through a pipe", capture_output=True))
print(subprocess.run("exit 7", shell=True).returncode, subprocess.call(["false"]))
pid = os.fork()
if pid == 0:
    os._exit(9)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
work, results = queue.Queue(), queue.Queue()
def run():
    while (n := work.get()) is not None:
        results.put(n * n)
threads = [threading.Thread(target=run) for _ in range(8)]
for thread in threads: thread.start()
for n in range(200): work.put(n)
for thread in threads: work.put(None)
for thread in threads: thread.join()
print(sum(results.get() for _ in range(200)), threading.active_count())
p = subprocess.Popen(["sleep", "100"])
p.send_signal(signal.SIGTERM)
print(p.wait(), [t.join() for t in [threading.Timer(0.01, lambda: print("timer"))] if not t.start()])
`;
const perlProcesses = `
$| = 1;
my %children;
for my $n (1 .. 5) { my $pid = fork; exit $n if !$pid; $children{$pid} = $n }
my $sum = 0;
while ((my $pid = wait) > 0) { $sum += ($? >> 8) * ($children{$pid} == $? >> 8) }
print "$sum\\n", qx(echo from a shell);
open(my $sort, "-|", "printf '3\\n1\\n2\\n' | sort") or die; print <$sort>;
local $SIG{ALRM} = sub { print "alarm\n" }; alarm 1; select(undef, undef, undef, 5);
`;

const pythonSockets = `
import asyncio, http.server, selectors, socket, socketserver, threading, urllib.request
async def shout(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()
async def talk(port, name):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heard = []
    for i in range(5):
        writer.write(f"{name} {i}\\n".encode())
        heard.append((await reader.readline()).decode().strip())
    writer.close()
    return heard
async def main():
    server = await asyncio.start_server(shout, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for heard in await asyncio.gather(*(talk(port, f"client {i}") for i in range(10))): print(heard)
    server.close()
    tr = await asyncio.create_subprocess_exec("tr", "a-z", "A-Z", stdin=-1, stdout=-1)
    print(await tr.communicate(b"subprocess"))
    try: await asyncio.wait_for(asyncio.sleep(100), 0.02)
    except asyncio.TimeoutError: print("timeout")
    server = await asyncio.start_unix_server(shout, "/tmp/elfin-asyncio")
    reader, writer = await asyncio.open_unix_connection("/tmp/elfin-asyncio")
    writer.write(b"unix\\n")
    print(await reader.readline())
    writer.close()
    server.close()
asyncio.run(main())
a, b = socket.socketpair()
with selectors.DefaultSelector() as selector:
    selector.register(a, selectors.EVENT_READ, "a")
    b.send(b"x")
    print(type(selector).__name__, [(key.data, mask) for key, mask in selector.select(1)])
class Reverse(socketserver.StreamRequestHandler):
    def handle(self): self.wfile.write(self.rfile.readline()[::-1])
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"page " + self.path.encode())
    def log_message(self, *arguments): pass
with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Reverse) as server:
    threading.Thread(target=server.serve_forever).start()
    for i in range(3):
        with socket.create_connection(server.server_address) as client:
            client.sendall(b"abc%d\\n" % i)
            print(client.makefile().read().strip())
    server.shutdown()
with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
    threading.Thread(target=server.serve_forever).start()
    print(urllib.request.urlopen(f"http://localhost:{server.server_port}/x").read())
    server.shutdown()
try: socket.create_connection(("127.0.0.1", 1), timeout=2)
except OSError as error: print(type(error).__name__, error.errno)
`;
const perlSockets = `
use IO::Socket::INET; use IO::Socket::UNIX; use IO::Select; $| = 1;
my $server = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1") or die;
my $port = $server->sockport;
if (!fork) {
  my $c = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") or die;
  print $c "hello from $_\\n" for 1 .. 3;
  $c->shutdown(1);
  print "child got: $_" while <$c>;
  exit 0;
}
my $c = $server->accept;
while (<$c>) { print $c uc $_ }
close $c;
wait;
unlink "/tmp/elfin-perl-socket";
my $unix = IO::Socket::UNIX->new(Local => "/tmp/elfin-perl-socket", Listen => 1) or die;
if (!fork) { my $u = IO::Socket::UNIX->new(Peer => "/tmp/elfin-perl-socket"); print $u "unix line\\n"; exit 0 }
print "ready ", scalar(IO::Select->new($unix)->can_read(5)), "\\n";
my $u = $unix->accept;
print <$u>;
wait;
unlink "/tmp/elfin-perl-socket";
my $udp = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Proto => "udp");
my $sender = IO::Socket::INET->new(Proto => "udp", PeerAddr => "127.0.0.1", PeerPort => $udp->sockport);
$sender->send("datagram");
$udp->recv(my $text, 100);
print "$text\\n";
`;

/**
 * Debian's programs. FIXTURE in an argument stands for a folder of fixed content: a.txt (TEXT),
 * numbers.txt (NUMBERS), empty, a folder `sub` with a file, a symlink.
 */
export const PROGRAMS = [
  { name: 'true', argv: ['/bin/true'] },
  { name: 'false', argv: ['/bin/false'] },
  { name: 'ls', argv: ['/bin/ls', '-la', 'FIXTURE'] },
  { name: 'ls recursive', argv: ['/bin/ls', '-lRi', '--time-style=full-iso', 'FIXTURE'] },
  { name: 'cat', argv: ['/bin/cat', 'FIXTURE/a.txt', '-', 'FIXTURE/link'], stdin: 'from input\n' },
  { name: 'cat missing', argv: ['/bin/cat', 'FIXTURE/none'] },
  { name: 'sort', argv: ['/usr/bin/sort', 'FIXTURE/a.txt'] },
  { name: 'sort numbers', argv: ['/usr/bin/sort', '-n', '-r', 'FIXTURE/numbers.txt'] },
  { name: 'uniq', argv: ['/usr/bin/uniq', '-c'], stdin: 'a\na\nb\nb\nb\nc\n' },
  { name: 'wc', argv: ['/usr/bin/wc', 'FIXTURE/a.txt', 'FIXTURE/numbers.txt', 'FIXTURE/empty'] },
  { name: 'tr', argv: ['/usr/bin/tr', 'a-z', 'A-Z'], stdin: TEXT },
  { name: 'cut', argv: ['/usr/bin/cut', '-d', ' ', '-f', '2,4', 'FIXTURE/a.txt'] },
  { name: 'md5sum', argv: ['/usr/bin/md5sum', 'FIXTURE/a.txt', 'FIXTURE/empty'] },
  { name: 'sha256sum', argv: ['/usr/bin/sha256sum', 'FIXTURE/a.txt', 'FIXTURE/empty'] },
  { name: 'base64', argv: ['/usr/bin/base64', 'FIXTURE/a.txt'] },
  { name: 'base64 -d', argv: ['/usr/bin/base64', '-d'], stdin: 'aGVsbG8sIGVsZmlu\n' },
  { name: 'od', argv: ['/usr/bin/od', '-A', 'x', '-t', 'x1z', 'FIXTURE/numbers.txt'] },
  { name: 'seq', argv: ['/usr/bin/seq', '-f', '%.3g', '0.5', '0.25', '20'] },
  { name: 'factor', argv: ['/usr/bin/factor', '12345678901234567890', '9999999967', '2305843009213693951'] },
  { name: 'date', argv: ['/bin/date', '-d', '@0', '-u'] },
  { name: 'printf', argv: ['/usr/bin/printf', '%.20Lf|%s|%d|%x\\n', '3.14159265358979323846', 'text', '-42', '255'] },
  { name: 'gzip', argv: ['/bin/gzip', '-c', '-n'], stdin: TEXT },
  { name: 'gzip -d', argv: ['/bin/gzip', '-dc', 'FIXTURE/a.gz'] },
  { name: 'xz', argv: ['/usr/bin/xz', '-c', '-T1', '-0'], stdin: TEXT },
  { name: 'bzip2', argv: ['/bin/bzip2', '-c'], stdin: TEXT },
  { name: 'sed', argv: ['/bin/sed', '-n', '-e', 's/\\([a-z]*\\) \\([a-z]*\\)/\\2 \\1/p', 'FIXTURE/a.txt'] },
  { name: 'grep -P', argv: ['/bin/grep', '-nP', '(?<=alpha )\\w+ta\\b', 'FIXTURE/a.txt'] },
  { name: 'mawk', argv: ['/usr/bin/mawk', '{ n += $1; t += $4 } END { printf "%d %.6f %s\\n", n, t, substr("abc", 2) }', 'FIXTURE/a.txt'] },
  { name: 'perl', argv: ['/usr/bin/perl', '-e', perl] },
  { name: 'perl sockets', argv: ['/usr/bin/perl', '-e', perlSockets] },
  { name: 'perl processes', argv: ['/usr/bin/perl', '-e', perlProcesses] },
  { name: 'dash', argv: ['/bin/dash', '-c', shell] },
  { name: 'dash loop', argv: ['/bin/dash', '-c', 'i=0; while [ $i -lt 100 ]; do /bin/true; i=$((i + 1)); done; echo $i'] },
  { name: 'bash', argv: ['/bin/bash', '-c', shell] },
  { name: 'bash only', argv: ['/bin/bash', '-c', bashOnly] },
  { name: 'xargs -P', argv: ['/bin/sh', '-c', 'seq 40 | xargs -P4 -n5 echo | sort; find FIXTURE -type f | sort | xargs cat | md5sum'] },
  { name: 'make -j4', argv: ['/usr/bin/make', '-j4', '-f', '-'], stdin: makefile },
  { name: 'timeout', argv: ['/bin/sh', '-c', 'timeout 0.1 sleep 100; echo $?; timeout 100 true; echo $?'] },
  { name: 'lua5.4', argv: ['/usr/bin/lua5.4', '-e', lua] },
  { name: 'sqlite3', argv: ['/usr/bin/sqlite3', ':memory:'], stdin: sql },
  { name: 'python3', argv: ['/usr/bin/python3', '-c', python] },
  { name: 'python3 sockets', argv: ['/usr/bin/python3', '-c', pythonSockets] },
  { name: 'python3 processes', argv: ['/usr/bin/python3', '-c', pythonProcesses] },
  { name: 'bc 100', argv: ['/usr/bin/bc', '-lq'], stdin: 'scale=100; 4*a(1)\n' },
  { name: 'bc 1000', argv: ['/usr/bin/bc', '-lq'], stdin: 'scale=1000; 4*a(1)\n' },
  { name: 'busybox bc', argv: ['/bin/busybox', 'bc', '-l'], stdin: 'scale=60; 4*a(1)\n' },
  { name: 'busybox sha256sum', argv: ['/bin/busybox', 'sha256sum', 'FIXTURE/a.txt'] },
  { name: 'busybox awk', argv: ['/bin/busybox', 'awk', '{ s += $1 } END { print s, NR, sqrt(s) }', 'FIXTURE/a.txt'] },
  { name: 'busybox sort', argv: ['/bin/busybox', 'sort', '-k', '2', 'FIXTURE/a.txt'] },
];
