// ./elfin image: trees from archives and containers become disks, entry by entry; the same input gives the
// same bytes; hostile archives are refused.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import { readTar } from '../../web/image/tar_reader.js';
import { Tree } from '../../web/image/tree.js';
import { directory, ENV, image, link, listDisk, sha256, tarOf } from './made_images.mjs';

const CLI = fileURLToPath(new URL('../../web/host/cli.js', import.meta.url));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-tools-'));
test.after(() => fs.rmSync(folder, { recursive: true }));
const at = (name) => path.join(folder, name);

function treeOf(rules, ...archives) {
  const tree = new Tree();
  archives.forEach((bytes, index) => {
    const file = at(`tree-${index}.tar`);
    fs.writeFileSync(file, bytes);
    tree.add(readTar(file), file, rules);
  });
  return tree;
}

const namesOf = (tree) => [...tree.walk()].map(({ path: name, node }) => (node.children ? `${name}/` : name));

test('an archive becomes a disk, entry by entry', () => {
  const big = crypto.createHash('sha512').update('x').digest('hex').repeat(5000);
  const capability = Buffer.from('0100000200040000000000000000000000000000', 'hex').toString('latin1');
  const odd = Buffer.from([0x66, 0xff, 0xfe, 0x20, 0xc3, 0xa4]).toString('latin1');
  const archive = tarOf(
    directory('./', { mode: 0o711, uid: 3, gid: 4, xattrs: { 'user.note': 'two words\0', 'user.other': '' } }),
    directory('bin', { uid: 1, gid: 2, mtime: 1234567890 }),
    { name: 'bin/tool', content: big, mode: 0o4755, uid: 1000, gid: 1001, xattrs: { 'security.capability': capability } },
    { name: 'bin/same', type: '1', linkName: 'bin/tool' },
    link('short', 'bin/tool'),
    { name: 'dev/null', type: '3', mode: 0o666, major: 1, minor: 3 },
    { name: 'dev/disk', type: '4', mode: 0o660, major: 8, minor: 1, gid: 6 },
    { name: 'fifo', type: '6', mode: 0o600 },
    { name: odd, content: 'odd' },
    { name: `${'long/'.repeat(40)}name`, content: 'deep', uid: 3000000 },
    { name: 'empty', mtime: 0 });
  fs.writeFileSync(at('input.tar'), archive);
  assert.deepEqual(image('build', at('input.tar'), at('a.img'), '--size', '64M'), { status: 0, out: '', err: '' });
  const found = listDisk(at('a.img'));
  const tool = found['bin/tool'];
  assert.deepEqual({ ...tool, inode: 0 }, {
    mode: 0o104755, uid: 1000, gid: 1001, mtime: 1e9, links: 2, inode: 0, size: big.length, hash: sha256(big),
    attributes: tool.attributes,
  });
  assert.match(tool.attributes, /security\.capability \(20\) = 01 00 00 02 00 04/);
  assert.equal(found['bin/same'].inode, tool.inode);
  assert.deepEqual([found.bin.mode, found.bin.uid, found.bin.gid, found.bin.mtime], [0o40755, 1, 2, 1234567890]);
  assert.deepEqual([found.short.target, found.short.mode], ['bin/tool', 0o120777]);
  assert.deepEqual([found['dev/null'].mode, found['dev/null'].device.slice(0, 5)], [0o20666, '01:03']);
  assert.deepEqual([found['dev/disk'].mode, found['dev/disk'].gid, found['dev/disk'].device.slice(0, 5)], [0o60660, 6, '08:01']);
  assert.equal(found.fifo.mode, 0o10600);
  assert.equal(found[odd].hash, sha256('odd'));
  assert.equal(found[`${'long/'.repeat(40)}name`].uid, 3000000);
  assert.deepEqual([found.empty.size, found.empty.mtime], [0, 0]);
  const root = execFileSync('debugfs', ['-R', 'stat <2>', at('a.img')], { env: ENV, stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  assert.match(root, /Mode: +0711/);
  assert.match(root, /User: +3 +Group: +4/);
  assert.match(root, /mtime: 0x3b9aca00/);
  assert.match(root, /user\.note \(10\) = "two words\\000"/);
  assert.match(root, /user\.other \(0\)/);
  assert.equal(image('check', at('a.img')).out, `${at('a.img')}: clean\n`);
  fs.writeFileSync(at('input.tar.zst'), zlib.zstdCompressSync(archive));
  assert.equal(image('build', at('input.tar.zst'), at('b.img'), '--size=64M').status, 0);
  assert.ok(fs.readFileSync(at('a.img')).equals(fs.readFileSync(at('b.img'))), 'the same bytes again');
});

test('a folder becomes a disk', () => {
  const tree = at('folder');
  fs.mkdirSync(path.join(tree, 'a'), { recursive: true });
  fs.writeFileSync(path.join(tree, 'a/f'), 'content');
  fs.linkSync(path.join(tree, 'a/f'), path.join(tree, 'g'));
  fs.symlinkSync('a/f', path.join(tree, 'l'));
  fs.chmodSync(path.join(tree, 'a/f'), 0o640);
  assert.equal(image('build', tree, at('f.img'), '--size', '32M', '--owner', '7:8').err, '');
  const found = listDisk(at('f.img'));
  assert.deepEqual(Object.keys(found).sort(), ['a', 'a/f', 'g', 'l']);
  assert.deepEqual([found.g.inode, found.g.mode, found.g.uid, found.g.gid], [found['a/f'].inode, 0o100640, 7, 8]);
  assert.equal(found.g.hash, sha256('content'));
});

// ---- Layers -------------------------------------------------------------------------------------

test('layers: whiteouts remove what lies below, links stay within the tree', () => {
  const tree = treeOf({ whiteouts: true },
    tarOf(directory('d'), { name: 'd/one' }, { name: 'd/two' }, directory('o'), { name: 'o/old' }, directory('usr'),
      directory('usr/lib'), link('lib', 'usr/lib'), link('up', '../../../usr'), { name: 'f' }, directory('gone'), { name: 'gone/x' }),
    tarOf({ name: 'd/.wh.one' }, { name: 'o/new' }, { name: 'o/.wh..wh..opq' }, { name: 'lib/through' },
      { name: 'up/also' }, { name: '.wh.gone' }, { name: 'g', type: '1', linkName: 'f' }, { name: '.wh.missing' }),
    tarOf({ name: 'd', content: 'a file now' }));
  assert.deepEqual(namesOf(tree), ['d', 'f', 'g', 'lib', 'o/', 'o/new', 'up', 'usr/', 'usr/also', 'usr/lib/', 'usr/lib/through']);
  assert.equal(tree.find('f'), tree.find('g'));
});

test('archives that lead out of the tree, or nowhere, are refused', () => {
  const refused = {
    'upwards': [{ name: '../evil' }],
    'upwards within': [{ name: 'a/../../evil' }],
    'a loop of links': [link('a', 'b'), link('b', 'a'), { name: 'a/x' }],
    'below a file': [{ name: 'f' }, { name: 'f/x' }],
    'a link to nothing': [{ name: 'x', type: '1', linkName: 'nothing' }],
    'a link to a directory': [directory('d'), { name: 'x', type: '1', linkName: 'd' }],
    'an unknown type': [{ name: 'x', type: 'Z' }],
    'a sparse file': [{ name: 'x', type: 'S' }],
  };
  for (const [name, entries] of Object.entries(refused)) {
    assert.throws(() => treeOf({}, tarOf(...entries)), /./, name);
  }
  const good = tarOf({ name: 'f', content: 'x'.repeat(2000) });
  assert.throws(() => treeOf({}, good.subarray(0, 1000)), /ends within it/);
  const broken = Buffer.from(good);
  broken[10] ^= 1;
  assert.throws(() => treeOf({}, broken), /checksum/);
  // A link that leads out of the tree leads to its root.
  assert.deepEqual(namesOf(treeOf({}, tarOf(link('out', '/../../etc'), { name: 'out/passwd' }))), ['etc/', 'etc/passwd', 'out']);
});

// ---- Containers ---------------------------------------------------------------------------------

const CONFIG = {
  architecture: 'amd64', os: 'linux',
  config: { Entrypoint: ['/bin/busybox'], Cmd: ['sh', '-c', 'echo $GREETING; pwd; id -u; ls /srv'], Env: ['GREETING=good morning', 'PATH=/bin'], WorkingDir: '/srv', User: 'guest' },
};
const BUSYBOX = fs.readFileSync('/bin/busybox');
const layers = () => [
  tarOf(directory('bin'), { name: 'bin/busybox', content: BUSYBOX, mode: 0o755 }, directory('etc'), directory('srv', { uid: 12 }),
    { name: 'etc/passwd', content: 'root:x:0:0::/:/bin/sh\nguest:x:12:13::/srv:/bin/sh\n' }, { name: 'srv/old' }, { name: 'srv/kept' }),
  tarOf({ name: 'srv/.wh.old' }, { name: 'srv/new' }),
];

/** What `docker save` writes. */
function savedContainer() {
  const [first, second] = layers();
  return tarOf(
    { name: 'config.json', content: JSON.stringify(CONFIG) },
    directory('1'), { name: '1/layer.tar', content: first },
    directory('2'), { name: '2/layer.tar', content: zlib.gzipSync(second) },
    directory('3'), link('3/layer.tar', '../2/layer.tar'),
    { name: 'manifest.json', content: JSON.stringify([{ Config: 'config.json', RepoTags: ['x:1'], Layers: ['1/layer.tar', '2/layer.tar', '3/layer.tar'] }]) });
}

/** An OCI layout, as an archive; `damage` changes a blob's bytes. */
function layoutContainer(damage = (bytes) => bytes) {
  const blobs = [];
  const add = (bytes, mediaType, rest = {}) => {
    const digest = sha256(bytes);
    blobs.push({ name: `blobs/sha256/${digest}`, content: damage(bytes, mediaType) });
    return { mediaType, digest: `sha256:${digest}`, size: bytes.length, ...rest };
  };
  const json = (value, type, rest) => add(Buffer.from(JSON.stringify(value)), `application/vnd.oci.image.${type}+json`, rest);
  const [first, second] = layers();
  const manifest = json({
    schemaVersion: 2,
    config: json(CONFIG, 'config.v1'),
    layers: [add(zlib.zstdCompressSync(first), 'application/vnd.oci.image.layer.v1.tar+zstd'), add(second, 'application/vnd.oci.image.layer.v1.tar')],
  }, 'manifest.v1', { platform: { os: 'linux', architecture: 'amd64' } });
  const other = { ...manifest, digest: `sha256:${'0'.repeat(64)}`, platform: { os: 'linux', architecture: 'arm64' } };
  const index = json({ schemaVersion: 2, manifests: [other, manifest] }, 'index.v1');
  return tarOf({ name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', content: JSON.stringify({ schemaVersion: 2, manifests: [index] }) }, ...blobs);
}

for (const [form, make] of Object.entries({ saved: savedContainer, layout: layoutContainer })) {
  test(`a container (${form}) becomes a disk, and its entry point runs`, () => {
    fs.writeFileSync(at('container.tar'), make());
    const disk = at(`${form}.img`);
    assert.equal(image('build', at('container.tar'), disk, '--size', '64M').err, '');
    const { stdout, stderr } = spawnSync(process.execPath, [CLI, 'run', '--image', disk], { env: ENV, input: '' });
    assert.equal(stdout.toString(), 'good morning\n/srv\n12\nkept\nnew\n', stderr.toString());
    assert.match(image('info', disk).out, /^runs +\/bin\/busybox sh -c/m);
  });
}

test('the same files are the same disk, however they came', () => {
  assert.ok(fs.readFileSync(at('saved.img')).equals(fs.readFileSync(at('layout.img'))));
});

test('containers that are damaged, or for another machine, are refused', () => {
  const refuse = (bytes, pattern) => {
    fs.writeFileSync(at('bad.tar'), bytes);
    const { status, err } = image('build', at('bad.tar'), at('bad.img'), '--size', '64M');
    assert.equal(status, 1);
    assert.match(err, pattern);
    assert.ok(!fs.existsSync(at('bad.img')));
  };
  refuse(layoutContainer((bytes, type) => (/layer.*tar$/.test(type) ? tarOf({ name: 'evil' }) : bytes)), /layer 1 is damaged/);
  const saved = (config) => tarOf({ name: 'c', content: JSON.stringify(config) }, { name: 'manifest.json', content: JSON.stringify([{ Config: 'c', Layers: [] }]) });
  refuse(saved({ architecture: 'arm64' }), /for arm64, not for amd64/);
  refuse(tarOf({ name: 'manifest.json', content: '[]' }), /--tag has to choose/);
  refuse(tarOf({ name: 'manifest.json', content: '[{"Config":"missing","Layers":[]}]' }), /missing is not in the archive/);
  assert.deepEqual(fs.readdirSync(folder).filter((name) => name.startsWith('.elfin-image-')), [], 'nothing is left behind');
});

// ---- Chunks, export, the command line -----------------------------------------------------------

test('a disk in chunks; one small change writes few of them anew', () => {
  const chunks = at('chunks');
  const first = image('chunk', at('saved.img'), chunks, '--no-packs');
  assert.equal(first.status, 0, first.err);
  const again = image('chunk', at('saved.img'), chunks, '--no-packs');
  assert.match(again.out, /; 0 of them new, 0\.0 MB$/m);
  const objects = fs.readdirSync(path.join(chunks, 'objects'));
  for (const name of objects) {
    assert.equal(sha256(zlib.gunzipSync(fs.readFileSync(path.join(chunks, 'objects', name)))), name);
  }
  const bytes = fs.readFileSync(at('saved.img'));
  bytes[bytes.length - 1] ^= 1;
  fs.writeFileSync(at('changed.img'), bytes);
  assert.match(image('chunk', at('changed.img'), chunks).out, /; 2 of them new/);
});

test('what an overlay has over an image is exported, and clean', () => {
  const overlay = at('overlay');
  const argv = ['run', '--image', at('saved.img'), '--overlay', overlay, '--uid', '0', '--', '/bin/busybox'];
  const run = (...args) => spawnSync(process.execPath, [CLI, ...argv, ...args], { env: ENV, input: '' });
  assert.equal(run('sh', '-c', 'mkdir /a && cp /bin/busybox /a/copy && rm /srv/kept').status, 0);
  assert.equal(image('check', at('saved.img'), '--overlay', overlay).out, `${at('saved.img')}: clean\n`);
  assert.deepEqual(image('export', at('saved.img'), '--overlay', overlay, at('out.img')), { status: 0, out: '', err: '' });
  const found = listDisk(at('out.img'));
  assert.equal(found['a/copy'].hash, sha256(BUSYBOX));
  assert.equal(found['srv/kept'], undefined);
  const { status, err } = image('export', at('a.img'), '--overlay', overlay, at('none.img'));
  assert.equal(status, 1);
  assert.match(err, /another disk/);
  assert.ok(!fs.existsSync(at('none.img')));
});

test('what an overlay has is exported alone, and is an overlay itself', () => {
  const changes = at('changes');
  const exported = () => image('export', at('saved.img'), '--overlay', at('overlay'), '--changes', changes);
  assert.deepEqual(exported(), { status: 0, out: '', err: '' });
  const bytes = fs.readFileSync(changes);
  assert.ok(bytes.length < fs.statSync(at('overlay')).size / 10, `${bytes.length} bytes`);
  assert.ok(exported().status === 0 && fs.readFileSync(changes).equals(bytes), 'the same bytes again');
  assert.equal(image('export', at('saved.img'), '--overlay', changes, at('again.img')).err, '');
  assert.equal(sha256(fs.readFileSync(at('again.img'))), sha256(fs.readFileSync(at('out.img'))));
  // It is written to like any other.
  const argv = ['run', '--image', at('saved.img'), '--overlay', changes, '--uid', '0', '--', '/bin/busybox'];
  const run = (...args) => spawnSync(process.execPath, [CLI, ...argv, ...args], { env: ENV, input: '' });
  assert.equal(run('sh', '-c', 'cp /a/copy /a/more && rm /a/copy').stderr.toString(), '');
  assert.equal(run('md5sum', '/a/more').stdout.toString().split(' ')[0], crypto.createHash('md5').update(BUSYBOX).digest('hex'));
  assert.equal(image('check', at('saved.img'), '--overlay', changes).out, `${at('saved.img')}: clean\n`);
  assert.match(image('export', at('a.img'), '--overlay', changes, at('none.img')).err, /another disk/);
  assert.equal(image('export', at('saved.img'), '--changes', at('none.img')).status, 125);
  assert.ok(!fs.existsSync(at('none.img')) && !fs.existsSync(`${at('none.img')}.new`));
  fs.truncateSync(changes, 5000);
  assert.match(image('export', at('saved.img'), '--overlay', changes, at('none.img')).err, /damaged/);
});

test('the same where the overlay’s bits just fill their blocks', () => {
  const disk = at('whole.img'); // 32768 clusters: 4096 bytes of bits
  fs.writeFileSync(at('whole.tar'), tarOf({ name: 'bin/busybox', content: BUSYBOX, mode: 0o755 }));
  assert.equal(image('build', at('whole.tar'), disk, '--size', '128M').err, '');
  const argv = ['run', '--image', disk, '--overlay', at('whole.overlay'), '--uid', '0', '--', '/bin/busybox'];
  const { status, stderr } = spawnSync(process.execPath, [CLI, ...argv, 'cp', '/bin/busybox', '/copy'], { env: ENV, input: '' });
  assert.equal(status, 0, stderr.toString());
  assert.equal(image('export', disk, '--overlay', at('whole.overlay'), at('whole-out.img')).err, '');
  assert.equal(image('check', at('whole-out.img')).out, `${at('whole-out.img')}: clean\n`);
  assert.equal(listDisk(at('whole-out.img')).copy.hash, sha256(BUSYBOX));
});

test('what was removed is not exported', () => {
  const argv = ['run', '--image', at('whole.img'), '--overlay', at('removed.overlay'), '--uid', '0', '--', '/bin/busybox', 'sh', '-c'];
  const run = (script) => {
    const { status, stderr } = spawnSync(process.execPath, [CLI, ...argv, script], { env: ENV, input: '' });
    assert.equal(status, 0, stderr.toString());
    fs.rmSync(at('removed.changes'), { force: true });
    assert.equal(image('export', at('whole.img'), '--overlay', at('removed.overlay'), '--changes', at('removed.changes')).err, '');
    return fs.statSync(at('removed.changes')).size;
  };
  const full = run('/bin/busybox dd if=/bin/busybox of=/one bs=64k; /bin/busybox cp /one /two; /bin/busybox sync');
  assert.ok(full > 2 * BUSYBOX.length * 0.9, `${full} bytes`);
  const left = run('/bin/busybox rm /one /two; /bin/busybox sync');
  assert.ok(left < full - 1.5 * BUSYBOX.length, `${left} of ${full} bytes`);
  assert.equal(image('check', at('whole.img'), '--overlay', at('removed.changes')).out, `${at('whole.img')}: clean\n`);
});

test('mistakes on the command line are 125, trouble is 1', () => {
  for (const argv of [[], ['paint'], ['build'], ['build', 'a'], ['build', '--recipe', 'x', 'y'], ['chunk', 'a'], ['info'],
    ['build', '--sise', '1', 'a', 'b'], ['build', '/no/such/thing', at('x.img')], ['build', at('folder'), at('x.img'), '--owner', 'me']]) {
    assert.equal(image(...argv).status, 125, argv.join(' '));
  }
  fs.writeFileSync(at('zeros'), Buffer.alloc(1 << 20));
  assert.deepEqual(image('info', at('zeros')), { status: 1, out: '', err: `elfin: ${at('zeros')}: no ext2, ext3 or ext4 filesystem\n` });
  assert.equal(image('info', at('missing')).status, 1);
  assert.equal(image('check', at('zeros')).status, 1);
});
