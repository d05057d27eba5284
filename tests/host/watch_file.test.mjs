// machine.fs.watch: what programs and the embedding do to files is told, each by its path.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Machine } from '../../web/host/machine.js';
import { NodeFolder } from '../../web/host/node/node_folder.js';
import { NodePlatform } from '../../web/host/node/platform.js';
import { BINARIES } from './binaries.mjs';

/** Watching doesn't hold the process. */
const holding = setInterval(() => {}, 1000);
test.after(() => clearInterval(holding));

const makeMachine = () => Machine.create({
  platform: new NodePlatform({ directory: BINARIES }),
  mounts: { '/': { folder: new NodeFolder('/'), readOnly: true } }, jit: 'off',
});

/** A list of what was told, and `next`, which waits for the first of the rest that will do and drops those before. */
function makeListener() {
  const told = [];
  let wake = () => {};
  const listener = (path) => {
    told.push(path);
    wake();
  };
  const next = async (path) => {
    for (;;) {
      const at = told.indexOf(path);
      if (at >= 0) return void told.splice(0, at + 1);
      await new Promise((resolve) => (wake = resolve));
    }
  };
  return { listener, next, told };
}

test('a file that appears, changes and goes, whoever does it', async (t) => {
  const machine = await makeMachine();
  t.after(() => machine.stop());
  const { listener, next, told } = makeListener();
  const end = machine.fs.watch('/tmp/note', listener);
  const other = makeListener();
  machine.fs.watch('/tmp/else', other.listener);
  const shell = (script) => machine.spawn('/bin/sh', ['-c', script]).then((guest) => guest.wait());
  await shell('echo one > /tmp/note');
  await next('/tmp/note');
  await shell('echo two >> /tmp/note');
  await next('/tmp/note');
  await machine.fs.chmod('/tmp/note', 0o600);
  await next('/tmp/note');
  await machine.fs.unlink('/tmp/note');
  await next('/tmp/note');
  assert.deepEqual([told, other.told], [[], []]);
  end();
  await machine.fs.writeFile('/tmp/note', 'three');
  await machine.fs.writeFile('/tmp/else', 'x');
  await other.next('/tmp/else');
  await machine.fs.writeFile('/tmp/else', 'xy');
  await other.next('/tmp/else'); // two looks later
  assert.deepEqual(told, []);
});

test('a directory: its entries by their paths, and nothing of what lies deeper', async (t) => {
  const machine = await makeMachine();
  t.after(() => machine.stop());
  await machine.fs.mkdir('/tmp/d/sub', { recursive: true });
  await machine.fs.writeFile('/tmp/d/a', 'first');
  const { listener, next, told } = makeListener();
  machine.fs.watch('/tmp/d', listener);
  await machine.fs.stat('/tmp/d'); // after the first look, which was asked for before
  await machine.fs.stat('/tmp/d');
  await machine.fs.writeFile('/tmp/d/b', 'new');
  await next('/tmp/d/b');
  await machine.fs.writeFile('/tmp/d/a', 'as long');
  await next('/tmp/d/a');
  await machine.fs.writeFile('/tmp/d/sub/deep', 'x');
  await machine.fs.rename('/tmp/d/b', '/tmp/d/c');
  await next('/tmp/d/c');
  await machine.fs.chmod('/tmp/d', 0o700);
  await next('/tmp/d');
  assert.ok(!told.some((path) => path.startsWith('/tmp/d/sub')), `${told}`);
  await machine.fs.remove('/tmp/d');
  await next('/tmp/d');
});

test('the machine\'s end is the end of it', async () => {
  const machine = await makeMachine();
  const { listener, told } = makeListener();
  machine.fs.watch('/tmp/x', listener);
  while (told.length === 0) {
    await machine.fs.writeFile('/tmp/x', 'more', { append: true });
    await new Promise((resolve) => setImmediate(resolve)); // for the timer
  }
  await machine.stop();
  const count = told.length;
  await new Promise((resolve) => setTimeout(resolve, 1200)); // two looks
  assert.equal(told.length, count);
});
