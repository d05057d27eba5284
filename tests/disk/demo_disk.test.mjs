// The demo image at work: what Debian's own programs do on it, judged by e2fsck and by native runs.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { serveFolder } from '../page/servers.mjs';
import { demoChunks, demoImage, ENV, imageTool } from './demo_image.mjs';
import { startDistantServer } from './distant_server.mjs';
import { firstPrompts } from './first_prompts.mjs';

const CLI = fileURLToPath(new URL('../../web/host/cli.js', import.meta.url));
const KERNELS = fileURLToPath(new URL('../../bench/guest', import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-disk-'));
test.after(() => fs.rmSync(folder, { recursive: true }));
const at = (name) => path.join(folder, name);
const image = demoImage();

function hashOf(file) {
  return execFileSync('sha256sum', [file]).toString().split(' ')[0];
}

/** A script by the image's bash, as its user. @returns {string} what it prints; throws when it fails */
function bash(disk, script, { overlay, input = '' } = {}) {
  const argv = ['run', '--image', disk, ...(overlay ? ['--overlay', overlay] : []), '--', '/bin/bash', '-euo', 'pipefail', '-c', script];
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...argv], { env: ENV, cwd: '/', input, maxBuffer: 64 << 20 });
  assert.equal(status, 0, `${stdout}${stderr}`);
  return stdout.toString();
}

test('a login shell, and what it writes to an overlay', () => {
  const before = hashOf(image);
  const overlay = at('first.overlay');
  const login = (input) => spawnSync(process.execPath, [CLI, 'run', '--image', image, '--overlay', overlay], { env: ENV, cwd: '/', input });
  const first = login('id -un; pwd; echo kept > note; sync; exit 3\n');
  assert.deepEqual([first.status, first.stdout.toString()], [3, 'user\n/home/user\n'], first.stderr.toString());
  assert.equal(login('cat note\n').stdout.toString(), 'kept\n');
  assert.equal(hashOf(image), before, 'the image stays as it was');
});

// ---- What programs leave on the disk ------------------------------------------------------------

const PROGRAMS = ['base64', 'crc32', 'fib', 'hash_map', 'list', 'quicksort', 'sieve'];
const SMALL = { base64: 2, crc32: 2, fib: 20, hash_map: 10, list: 1, quicksort: 5000, sieve: 1 };
const MAKEFILE = `all: ${PROGRAMS.join(' ')}\n%: %.o\n\tgcc -o $@ $< -lm -pthread\n%.o: %.c kernel.h\n\tgcc -O2 -Wall -c -o $@ $<\n`;
const runAll = PROGRAMS.map((name) => `./${name} ${SMALL[name]}`).join('; ');
const HOME = '/home/user';
const ROWS = 100_000;
const SQL = `CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX by_name ON t (name);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS}) INSERT INTO t SELECT i, 'row ' || (i * 7919 % ${ROWS}) FROM n;
DELETE FROM t WHERE id % 3 = 0; PRAGMA integrity_check; SELECT count(*), sum(id), min(name), max(name) FROM t;`;

/** A project: sources, a Makefile, and a repository of some commits, as an archive. */
function makeProject() {
  const project = at('project');
  fs.mkdirSync(project);
  for (const name of [...PROGRAMS.map((each) => `${each}.c`), 'kernel.h']) fs.copyFileSync(path.join(KERNELS, name), path.join(project, name));
  fs.writeFileSync(path.join(project, 'Makefile'), MAKEFILE);
  const git = (...words) => execFileSync('git', ['-C', project, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...words], { env: ENV });
  git('init', '-q', '-b', 'main');
  for (const name of fs.readdirSync(project).filter((each) => each !== '.git').sort()) {
    git('add', name);
    git('commit', '-q', '-m', `Add ${name}`);
  }
  return { project, archive: execFileSync('tar', ['-C', folder, '-c', 'project'], { maxBuffer: 64 << 20 }) };
}

test('gcc builds a project, git clones a repository, sqlite3 writes 100,000 rows: e2fsck finds nothing', () => {
  const overlay = at('work.overlay');
  const before = hashOf(image);
  const { project, archive } = makeProject();
  const natively = (script) => execFileSync('bash', ['-euc', script], { cwd: project, env: ENV }).toString();

  bash(image, 'tar -x', { overlay, input: archive });
  // Through git's own protocol, so that a pack is made, sent and unpacked.
  const clone = 'git clone -q "file://$HOME/project" clone && cd clone && git log --format=%H%s && git status --short && git fsck --strict';
  assert.equal(bash(image, clone, { overlay }), natively('git log --format=%H%s'));
  assert.equal(bash(image, `cd clone && make -s -j 2 && ${runAll} && git status --short`, { overlay }),
    natively(`make -s && ${runAll} && git status --short`));
  fs.writeFileSync(at('rows.sql'), SQL);
  const rows = bash(image, 'sqlite3 rows.db && cp rows.db copy.db && rm rows.db', { overlay, input: SQL });
  const kept = Array.from({ length: ROWS }, (_, i) => i + 1).filter((id) => id % 3 !== 0);
  const names = kept.map((id) => `row ${id * 7919 % ROWS}`).sort();
  assert.equal(rows, `ok\n${kept.length}|${kept.reduce((sum, id) => sum + id)}|${names[0]}|${names.at(-1)}\n`);
  bash(image, 'rm -r project; find clone -type f | sort | xargs sha256sum > hashes', { overlay });

  imageTool('export', image, '--overlay', overlay, at('out.img'));
  const judged = spawnSync('e2fsck', ['-fn', at('out.img')], { env: ENV });
  assert.equal(judged.status, 0, judged.stdout.toString());
  // What the exported disk holds, by another reader.
  const dump = (name) => execFileSync('debugfs', ['-R', `cat ${HOME}/${name}`, at('out.img')], { env: ENV, stdio: ['ignore', 'pipe', 'ignore'] });
  const dumped = dump('clone/fib');
  assert.ok(dump('hashes').includes(`${crypto.createHash('sha256').update(dumped).digest('hex')}  clone/fib\n`));
  assert.equal(hashOf(image), before, 'the image stays as it was');
});

// ---- From afar ----------------------------------------------------------------------------------

test('by URL from a server with ranges', async () => {
  const server = await startDistantServer(path.dirname(image));
  try {
    assert.equal(bash(`${server.origin}/${path.basename(image)}`, 'cd /home/user; echo 6*7 | bc; python3 -c "print(6*7)"'), '42\n42\n');
  } finally {
    server.close();
  }
});

test('by URL as chunks from a server without ranges', async () => {
  const server = await serveFolder(demoChunks());
  try {
    const argv = ['run', '--image', `${server.url}latest`];
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...argv], { env: ENV, input: 'pwd; echo 6*7 | bc\n' });
    assert.deepEqual([status, stdout.toString()], [0, '/home/user\n42\n'], stderr.toString());
  } finally {
    server.stop();
  }
});

// What docs/performance.md promises of them.
const MOST = {
  'as chunks with packs': { bash: [6, 3.5e6], python3: [8, 6e6] },
  'as chunks without packs': { bash: [80, Infinity], python3: [160, Infinity] },
  'by ranges': { bash: [60, 8e6], python3: [Infinity, Infinity] },
};

/** Chunks whose manifest has no packs. */
function withoutPacks() {
  const chunks = at('without-packs');
  execFileSync('cp', ['-al', demoChunks(), chunks]);
  fs.rmSync(path.join(chunks, 'latest'));
  imageTool('chunk', image, chunks, '--no-packs');
  return [chunks, 'latest'];
}

const WAYS = {
  'as chunks with packs': () => [demoChunks(), 'latest'],
  'as chunks without packs': withoutPacks,
  'by ranges': () => [path.dirname(image), path.basename(image)],
};

for (const [way, where] of Object.entries(WAYS)) {
  test(`the first prompts ${way} take few requests`, async () => {
    const [served, name] = where();
    const server = await startDistantServer(served, 20);
    try {
      const taken = await firstPrompts(`${server.origin}/${name}`, server.counts);
      for (const [program, [requests, bytes]] of Object.entries(MOST[way])) {
        const told = `${program}: ${JSON.stringify(taken[program])}`;
        assert.ok(taken[program].requests <= requests && taken[program].bytes <= bytes, told);
      }
    } finally {
      server.close();
    }
  });
}
