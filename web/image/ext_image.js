/**
 * An ext4 image of a tree: the tree's archive unpacked and mke2fs run over it, within one fakeroot, so that
 * owners, device nodes and capabilities are what the tree says. The same tree gives the same bytes.
 */
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CHUNK_SIZE } from './chunk_image.js';
import { runTool, toolEnvironment } from './tool.js';
import { archiveOf } from './tree_archive.js';

export const DEFAULT_SIZE = '2G';
/** Those before it are the filesystem's own, but for the root's. */
const FIRST_INODE = 11;
const DIRECTORY = 0o040000;
const LOST_AND_FOUND_BLOCKS = 4;
const CHUNK_BLOCKS = CHUNK_SIZE / 4096;

/** Of version 8, made of a hash: the same contents have the same. @param {import('./tree.js').Tree} tree */
export function uuidOf(tree) {
  const hash = crypto.createHash('sha256');
  for (const piece of archiveOf(tree)) hash.update(piece);
  const hex = hash.digest('hex');
  const digits = `${hex.slice(0, 12)}8${hex.slice(13, 16)}a${hex.slice(17, 32)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * Unpacks standard input into $1/tree; the rest are the size and mke2fs's own arguments. Attributes come after
 * the owner: fakeroot forgets the type of a file that it first hears of by an attribute, as tar would have it.
 */
const SCRIPT = `
set -e
mkdir "$1/tree"
tar -C "$1/tree" -xpf - --numeric-owner --no-xattrs --delay-directory-restore
[ ! -s "$1/attributes" ] || python3 - "$1/tree" "$1/attributes" <<'END'
import os, sys
tree, attributes = map(os.fsencode, sys.argv[1:])
for line in open(attributes):
    path, name, value = map(bytes.fromhex, line.split(" "))
    os.setxattr(tree + b"/" + path, name, value, follow_symlinks=False)
END
size=$2
shift 2
mke2fs "$@" "$size"
`;

/** What counts as now for an image: the newest time in it. */
export const timeOf = (tree) => Math.max(tree.newestTime(), 1);

/**
 * mke2fs takes the times of unpacking for those of access and change: they become the image's own, as if all
 * had been made then. And it takes nothing of the root but its owner. `folder`: for what is made on the way.
 */
function settle(image, root, time, { env, folder }) {
  const header = runTool('dumpe2fs', ['-h', image], { env }).toString();
  const numberOf = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(header)[1]);
  const last = numberOf('Inode count') - numberOf('Free inodes'); // they are given out in order
  const commands = [
    ...Object.entries(root.xattrs).map(([name, value], index) => {
      const file = path.join(folder, `root-attribute-${index}`);
      fs.writeFileSync(file, value, 'latin1');
      return `ea_set -f "${file}" <2> ${name}`;
    }),
    `set_inode_field <2> mode ${(DIRECTORY | root.mode).toString(8).padStart(7, '0')}`,
    `set_inode_field <2> mtime @${Math.floor(root.mtime)}`,
  ];
  for (let inode = 2; inode <= last; inode++) {
    if (inode > 2 && inode < FIRST_INODE) continue; // the filesystem's own
    for (const field of ['atime', 'ctime']) commands.push(`set_inode_field <${inode}> ${field} @${time}`);
  }
  runTool('debugfs', ['-w', '-f', '-', image], { input: `${commands.join('\n')}\n`, env });
}

/** A line for each attribute: path, name and value, as hexadecimal digits. */
function attributesOf(tree) {
  const hex = (text) => Buffer.from(text, 'latin1').toString('hex');
  const lines = [];
  for (const { path: name, node } of [{ path: '.', node: tree.root }, ...tree.walk()]) {
    for (const [key, value] of Object.entries(node.xattrs)) lines.push(`${hex(name)} ${hex(key)} ${hex(value)}\n`);
  }
  return lines.join('');
}

/**
 * The last block of the chunk that the root directory is in: a mount reads both, and they come together. What
 * follows lies in chunks as if no journal were there, since its length is so many whole ones.
 */
function placeForJournal(trial, size) {
  runTool('mke2fs', ['-q', '-F', '-t', 'ext4', '-O', '^has_journal', '-b', '4096', trial, size]);
  const root = Number(/\d+/.exec(runTool('debugfs', ['-R', 'blocks <2>', trial]).toString())[0]);
  fs.rmSync(trial);
  const besideRoot = root + LOST_AND_FOUND_BLOCKS + 1;
  return besideRoot + (CHUNK_BLOCKS - 1 - (besideRoot % CHUNK_BLOCKS));
}

/** Feeds the archive to the script; rejects with what it said. */
async function unpackAndMake(tree, argv, env) {
  const child = spawn('fakeroot', ['sh', '-c', SCRIPT, 'sh', ...argv], {
    env: toolEnvironment(env),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const ended = new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`fakeroot: ${error.code ?? error.message}`)));
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`mke2fs failed: ${said.trim()}`))));
  });
  const written = pipeline(Readable.from(archiveOf(tree)), child.stdin).catch(() => {}); // it says why
  await Promise.all([ended, written]);
}

/**
 * @param {import('./tree.js').Tree} tree
 * @param {string} image the file to make
 * @param {{size?: string, folder: string}} options `folder`: for what is made on the way, on the image's own disk
 */
export async function makeImage(tree, image, { size = DEFAULT_SIZE, folder }) {
  const uuid = uuidOf(tree);
  const time = timeOf(tree);
  const env = { E2FSPROGS_FAKE_TIME: String(time) };
  const { uid, gid } = tree.root;
  const extended = `hash_seed=${uuid},root_owner=${uid}:${gid},lazy_itable_init=1,nodiscard`;
  fs.writeFileSync(path.join(folder, 'attributes'), attributesOf(tree));
  const made = path.join(folder, 'image');
  await unpackAndMake(tree, [
    folder, size, '-q', '-F', '-t', 'ext4', '-O', 'metadata_csum_seed', '-b', '4096', '-m', '1', '-U', uuid,
    '-E', extended,
    '-J', `location=${placeForJournal(path.join(folder, 'trial'), size)}`,
    '-d', path.join(folder, 'tree'), made,
  ], env);
  settle(made, tree.root, time, { env, folder });
  fs.renameSync(made, image);
}
