// The declarations say what events, errors and pieces are: a program that uses them compiles under --strict, a wrong one doesn't.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const PACKAGE = fileURLToPath(new URL('../../web/package/', import.meta.url));

const USE = `import { DiskBusyError, FileError, ImageError, Machine, MachineError, MemoryOverlay, MountError, WorkerMachine } from '${PACKAGE}browser.js';
import type { ElfinTerminal } from '${PACKAGE}terminal.js';
const worker = await WorkerMachine.create({ disk: { kind: 'own', name: 'x' } }, (machine) => {
  machine.addEventListener('loading', ({ detail }) => detail.loaded.toFixed());
});
declare const machine: Machine;
for (const each of [worker, machine] as const) {
  for await (const { bytes, offset, size } of each.exportDisk()) console.log(bytes.length + offset / size);
  console.log((await each.diskUsage()).writtenBytes);
  console.log(await each.fs.importTar('/srv', each.fs.exportTar('/etc')), await each.fs.importTar('/srv', new Blob([])));
  for await (const piece of each.fs.readPieces('/etc/passwd', { offset: 3 })) piece.byteLength;
  await each.stop();
}
machine.addEventListener('activity', ({ detail }) => detail.cpu + detail.networkFetched + detail.networkLoopback);
worker.addEventListener('processes', ({ detail }) => detail.map(({ pid, seconds }) => pid + seconds));
machine.addEventListener('failed', ({ detail }) => detail.message.length, { once: true });
worker.addEventListener('report', ({ detail }) => detail.message.length);
try { await worker.fs.stat('/x'); } catch (error) {
  if (error instanceof FileError || error instanceof MountError) console.log(error.errno + error.path.length, error.code.length);
  if (error instanceof ImageError && error.passing) console.log('again');
  if (error instanceof MachineError || error instanceof DiskBusyError) console.log(error.message);
}
new MemoryOverlay().extend(1);
const element: ElfinTerminal = document.createElement('elfin-terminal');
element.addEventListener('ended', ({ detail }) => detail.code.toFixed());
element.addEventListener('click', ({ clientX }) => clientX);
await element.paste('x');
// @ts-expect-error: it has no such figure
machine.addEventListener('activity', ({ detail }) => detail.nothing);
// @ts-expect-error: it is called stop
await machine.close();
`;

test('typed events, errors and pieces', { skip: !process.env.ELFIN_TYPESCRIPT }, (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-types-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'use.ts');
  fs.writeFileSync(file, USE);
  try {
    execFileSync(process.execPath, [path.join(process.env.ELFIN_TYPESCRIPT, 'lib/tsc.js'), '--strict', '--noEmit', '--target', 'es2024',
      '--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2024,dom,dom.asynciterable,esnext', file], { stdio: 'pipe', encoding: 'utf8' });
  } catch ({ stdout }) {
    assert.fail(stdout);
  }
});
