// ./elfin image update: the difference of two trees, applied to an image, gives the new tree entry by entry, few new
// chunks, and the same bytes again.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { directory, ENV, image, link, listDisk, sha256, tarOf } from './made_images.mjs';

const CLI = fileURLToPath(new URL('../../web/host/cli.js', import.meta.url));
const CHUNK = 128 * 1024;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-update-'));
test.after(() => fs.rmSync(folder, { recursive: true }));
const at = (name) => path.join(folder, name);

function archive(name, ...entries) {
  fs.writeFileSync(at(name), tarOf(...entries));
  return at(name);
}

/** listDisk's answer without what depends on where things lie: files with several names by the first of them. */
function contentsOf(disk) {
  const found = listDisk(disk);
  const firstOf = {};
  for (const name of Object.keys(found).sort()) {
    firstOf[found[name].inode] ??= name;
    const entry = found[name];
    found[name] = { ...entry, inode: firstOf[entry.inode] };
  }
  return found;
}

function chunksThatDiffer(one, other) {
  const files = [one, other].map((name) => fs.openSync(name, 'r'));
  const [a, b] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)];
  const size = fs.fstatSync(files[0]).size;
  assert.equal(fs.fstatSync(files[1]).size, size);
  let count = 0;
  for (let offset = 0; offset < size; offset += CHUNK) {
    fs.readSync(files[0], a, 0, CHUNK, offset);
    fs.readSync(files[1], b, 0, CHUNK, offset);
    if (!a.equals(b)) count++;
  }
  files.forEach((file) => fs.closeSync(file));
  return count;
}

const noise = (bytes, seed) => {
  const pieces = [];
  for (let i = 0; i < bytes; i += 64) pieces.push(crypto.createHash('sha512').update(`${seed} ${i}`).digest());
  return Buffer.concat(pieces).subarray(0, bytes);
};
const capability = Buffer.from('0100000200040000000000000000000000000000', 'hex').toString('latin1');
const odd = Buffer.from([0x66, 0xff, 0xfe, 0x20, 0xc3, 0xa4]).toString('latin1');

const BEFORE = [
  directory('./', { mode: 0o711, uid: 3, gid: 4, xattrs: { 'user.note': 'old', 'user.gone': 'x' } }),
  directory('bin', { mtime: 1234567890 }),
  { name: 'bin/stays', content: noise(300000, 'stays'), mode: 0o4755, uid: 1000, gid: 1001 },
  { name: 'bin/changes', content: noise(200000, 'old'), mode: 0o755 },
  { name: 'bin/same-size', content: 'aaaa' },
  { name: 'bin/mode', content: 'mode', mode: 0o644 },
  { name: 'bin/capable', content: 'x', xattrs: { 'security.capability': capability, 'user.long': 'v'.repeat(300) } },
  { name: 'bin/time', content: 't', mtime: 1000 },
  { name: 'one', content: 'linked' }, { name: 'two', type: '1', linkName: 'one' }, { name: 'three', type: '1', linkName: 'one' },
  directory('gone'), { name: 'gone/a' }, directory('gone/b'), { name: 'gone/b/c', content: 'c' },
  directory('becomes-file'), { name: 'becomes-file/x' }, { name: 'becomes-directory' },
  link('short', 'bin/stays'), link('target', 'old-target'), link('long', 'd/'.repeat(60)),
  directory('dev'), { name: 'dev/null', type: '3', mode: 0o666, major: 1, minor: 3 },
  { name: 'dev/disk', type: '4', mode: 0o660, major: 8, minor: 1, gid: 6 }, { name: 'fifo', type: '6', mode: 0o600 },
  directory('proc'), { name: 'proc/below', content: 'hidden in a machine' },
  { name: odd, content: 'odd' },
];

const AFTER = [
  directory('./', { mode: 0o755, uid: 3, gid: 5, mtime: 1e9 + 5, xattrs: { 'user.note': 'new', 'user.more': '' } }),
  directory('bin', { mtime: 1234567890, mode: 0o1777 }),
  { name: 'bin/stays', content: noise(300000, 'stays'), mode: 0o4755, uid: 1000, gid: 1001 },
  { name: 'bin/changes', content: noise(250000, 'new'), mode: 0o755 },
  { name: 'bin/same-size', content: 'aaab' },
  { name: 'bin/mode', content: 'mode', mode: 0o6755, uid: 70000, gid: 3000000 },
  { name: 'bin/capable', content: 'x', xattrs: { 'user.long': 'w'.repeat(500) } },
  { name: 'bin/new-capable', content: 'y', mode: 0o4711, uid: 5, xattrs: { 'security.capability': capability } },
  { name: 'bin/time', content: 't', mtime: 2000 },
  { name: 'two', content: 'linked' }, { name: 'four', type: '1', linkName: 'two' }, { name: 'three', content: 'apart' },
  { name: 'becomes-file', content: 'file' }, directory('becomes-directory', { mode: 0o2775, gid: 7 }),
  { name: 'becomes-directory/within', content: 'w', gid: 8 },
  link('short', 'bin/stays'), link('target', 'new-target'), link('longer', 'e/'.repeat(100)),
  directory('dev'), { name: 'dev/null', type: '3', mode: 0o600, major: 1, minor: 3 },
  { name: 'dev/disk', type: '4', mode: 0o660, major: 259, minor: 70000, gid: 6 }, { name: 'pipe', type: '6', mode: 0o640 },
  directory('proc'), { name: 'proc/other', content: 'hidden in a machine' },
  { name: odd, content: 'odder' }, { name: `${odd}${odd}`, content: 'new' },
];

test('the new tree, entry by entry, and the same bytes again', () => {
  const [before, after] = [archive('before.tar', ...BEFORE), archive('after.tar', ...AFTER)];
  assert.equal(image('build', before, at('old.img'), '--size', '64M').err, '');
  const hash = sha256(fs.readFileSync(at('old.img')));
  assert.deepEqual(image('update', at('old.img'), at('new.img'), '--from', after), { status: 0, out: '', err: '' });
  assert.equal(sha256(fs.readFileSync(at('old.img'))), hash, 'the old one stays');
  assert.equal(image('build', after, at('anew.img'), '--size', '64M').err, '');
  const [found, expected] = ['new.img', 'anew.img'].map((name) => contentsOf(at(name)));
  assert.deepEqual(found, expected);
  assert.equal(found['bin/mode'].gid, 3000000);
  const root = (disk) => execFileSync('debugfs', ['-R', 'stat <2>', at(disk)], { env: ENV, stdio: ['ignore', 'pipe', 'ignore'] })
    .toString().split('\n').filter((line) => /Mode:|User:|mtime:|user\./.test(line)).map((line) => line.replace(/Generation.*Version\S* *\S*|:[0-9a-f]{8} --/g, '')).sort();
  assert.deepEqual(root('new.img'), root('anew.img'));
  assert.equal(image('check', at('new.img')).out, `${at('new.img')}: clean\n`);
  assert.equal(image('update', at('old.img'), at('again.img'), '--from', after).err, '');
  assert.ok(fs.readFileSync(at('new.img')).equals(fs.readFileSync(at('again.img'))), 'the same bytes again');
  const uuid = (name) => /^UUID +(\S+)/im.exec(image('info', at(name)).out)?.[1];
  assert.equal(uuid('new.img'), uuid('anew.img'));
  assert.notEqual(uuid('new.img'), uuid('old.img'));
});

test('back again, and a version of a version', () => {
  assert.equal(image('update', at('new.img'), at('back.img'), '--from', at('before.tar')).err, '');
  assert.deepEqual(contentsOf(at('back.img')), contentsOf(at('old.img')));
  assert.equal(image('check', at('back.img')).out, `${at('back.img')}: clean\n`);
});

test('one small file more changes at most 20 chunks', () => {
  const many = Array.from({ length: 400 }, (_, i) => ({ name: `d${i % 20}/f${i}`, content: noise(20000 + 100 * i, i) }));
  const directories = Array.from({ length: 20 }, (_, i) => directory(`d${i}`));
  const before = archive('many.tar', ...directories, ...many);
  const after = archive('more.tar', ...directories, ...many, { name: 'd7/small', content: 'a small file\n', mtime: 1e9 + 100 });
  assert.equal(image('build', before, at('many.img')).err, ''); // 2 GB, as the demo image
  assert.equal(image('update', at('many.img'), at('more.img'), '--from', after).err, '');
  const changed = chunksThatDiffer(at('many.img'), at('more.img'));
  assert.ok(changed > 0 && changed <= 20, `${changed} chunks`);
  assert.equal(image('check', at('more.img')).out, `${at('more.img')}: clean\n`);
});

test('what can’t be updated says why, and leaves nothing behind', () => {
  const refuse = (pattern, status, ...words) => {
    const { status: found, err } = image('update', ...words);
    assert.equal(found, status, err);
    assert.match(err, pattern);
    assert.ok(!fs.existsSync(at('refused.img')));
  };
  const from = ['--from', at('after.tar')];
  execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', at('foreign.img'), '16M'], { env: ENV });
  refuse(/checksums depend on its UUID/, 1, at('foreign.img'), at('refused.img'), ...from);
  fs.writeFileSync(at('zeros'), Buffer.alloc(1 << 20));
  refuse(/no ext2, ext3 or ext4/, 1, at('zeros'), at('refused.img'), ...from);
  refuse(/ENOENT/, 1, at('missing.img'), at('refused.img'), ...from);
  const big = archive('big.tar', { name: 'big', content: Buffer.alloc(80 << 20, 1) });
  refuse(/has no room for what is new/, 1, at('old.img'), at('refused.img'), '--from', big);
  refuse(/one of --from/, 125, at('old.img'), at('refused.img'));
  refuse(/one of --from/, 125, at('old.img'), at('refused.img'), ...from, '--recipe', 'small');
  refuse(/no such file or folder/, 125, at('old.img'), at('refused.img'), '--from', at('missing.tar'));
  assert.deepEqual(fs.readdirSync(folder).filter((name) => name.startsWith('.elfin-image-')), []);
});

test('images with other blocks, without a journal, and of ext2', () => {
  for (const options of ['-t ext4 -b 1024 -O metadata_csum_seed', '-t ext4 -O ^has_journal,metadata_csum_seed', '-t ext2 -b 1024', '-t ext3 -b 4096']) {
    execFileSync('mke2fs', ['-q', '-F', ...options.split(' '), at('other.img'), '32M'], { env: ENV });
    assert.equal(image('update', at('other.img'), at('filled.img'), '--from', at('after.tar')).err, '', options);
    assert.deepEqual(contentsOf(at('filled.img')), contentsOf(at('anew.img')), options);
    assert.equal(image('check', at('filled.img')).out, `${at('filled.img')}: clean\n`, options);
  }
});

test('the entry: the new contents’ own, else the old image’s; a program runs in the new version', () => {
  const busybox = { name: 'bin/busybox', content: fs.readFileSync('/bin/busybox'), mode: 0o755 };
  const before = archive('run.tar', busybox, { name: 'text', content: 'old\n' });
  const after = archive('run-after.tar', busybox, { name: 'text', content: 'new\n' });
  assert.equal(image('build', before, at('run.img'), '--size', '32M').err, '');
  const entry = { args: ['/bin/busybox', 'cat', '/text'] };
  fs.writeFileSync(at('run.img.json'), JSON.stringify(entry));
  assert.equal(image('update', at('run.img'), at('run-after.img'), '--from', after).err, '');
  assert.deepEqual(JSON.parse(fs.readFileSync(at('run-after.img.json'))), entry);
  const run = (disk) => spawnSync(process.execPath, [CLI, 'run', '--image', disk], { env: ENV, input: '' }).stdout.toString();
  assert.deepEqual([run(at('run.img')), run(at('run-after.img'))], ['old\n', 'new\n']);
});
