// A new version of the demo image: one small file more changes few of its chunks.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { Machine } from '../../web/host/machine.js';
import { NodeBlockDevice } from '../../web/host/node/node_block_device.js';
import { NodePlatform } from '../../web/host/node/platform.js';
import { diskPath, readImageTree } from '../../web/image/image_tree.js';
import { updateImage } from '../../web/image/update_image.js';
import { BINARIES } from '../host/binaries.mjs';
import { demoImage, imageTool } from './demo_image.mjs';

const CHUNK = 128 * 1024;
const MOST_CHUNKS = 20;
const PIECE = 1 << 20;
const image = demoImage();
const folder = fs.mkdtempSync(path.join(path.dirname(image), 'update-'));
test.after(() => fs.rmSync(folder, { recursive: true }));

/** The image's own files as a tree, their contents in a file. */
async function treeOfImage() {
  const device = new NodeBlockDevice(image);
  const machine = await Machine.create({
    platform: new NodePlatform({ directory: BINARIES }), mounts: { '/': { image: device, bare: true } }, jit: 'off',
  });
  const tree = await readImageTree(machine.fs);
  tree.remove('lost+found'); // mke2fs's own
  const file = path.join(folder, 'contents');
  const contents = fs.openSync(file, 'w');
  let end = 0;
  for (const node of new Set(Array.from(tree.walk(), (entry) => entry.node))) {
    if (!node.body) continue;
    const { path: name, size } = node.body;
    node.body = { file, offset: end, size };
    for (let done = 0; done < size; done += PIECE) {
      fs.writeSync(contents, await machine.fs.readFile(diskPath(name), { offset: done, length: Math.min(PIECE, size - done) }));
    }
    end += size;
  }
  fs.closeSync(contents);
  device.close();
  return tree;
}

function chunksThatDiffer(one, other) {
  const files = [one, other].map((name) => fs.openSync(name, 'r'));
  const [a, b] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)];
  let count = 0;
  for (let offset = 0; offset < fs.fstatSync(files[0]).size; offset += CHUNK) {
    files.forEach((file, index) => fs.readSync(file, [a, b][index], 0, CHUNK, offset));
    if (!a.equals(b)) count++;
  }
  files.forEach((file) => fs.closeSync(file));
  return count;
}

test(`one small file more changes at most ${MOST_CHUNKS} chunks`, async (t) => {
  const tree = await treeOfImage();
  const text = Buffer.from('something new\n');
  tree.put('home/user/news', {
    type: '0', mode: 0o644, uid: 1000, gid: 1000, mtime: tree.newestTime() + 60, body: { bytes: text, size: text.length },
  });
  const made = path.join(folder, 'new.img');
  await updateImage(tree, image, made, folder);
  const changed = chunksThatDiffer(image, made);
  t.diagnostic(`${changed} chunks changed`);
  assert.ok(changed > 0 && changed <= MOST_CHUNKS, `${changed} chunks`);
  assert.equal(imageTool('check', made), `${made}: clean\n`);
});
