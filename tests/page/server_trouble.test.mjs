// A site whose server has trouble: pieces of the disk that are damaged, a server that is away for a while.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { DEFAULT_RETRIES } from '../../web/host/images/retries.js';
import { launchProfile, PageDriver } from './page_driver.mjs';
import { buildSite, serveTroubled } from './servers.mjs';
import { makeTestImage, UNTOUCHED } from './test_image.mjs';

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-trouble-'));
const out = path.join(scratch, 'site');
const SUM = execFileSync('md5sum', { input: UNTOUCHED, encoding: 'utf8' }).split(' ')[0];
let host;

before(async () => {
  buildSite(out, makeTestImage(scratch), '--title', 'Troubled');
  host = await serveTroubled(out);
});

after(() => {
  host?.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});

/** A visitor who was never here before. */
async function withVisitor(use, state) {
  const browser = await launchProfile();
  try {
    await use(await PageDriver.open(browser.context, host.url, state));
  } finally {
    host.trouble = () => undefined;
    await browser.close();
  }
}

const isObject = (name) => name.startsWith('disk/objects/');

test('damaged pieces of the disk: an error for who reads them, a notice, all else works', async () => {
  await withVisitor(async (driver) => {
    await driver.run('echo x > ~/note; cat ~/note; md5sum ~/note'); // the programs are here then
    host.trouble = (name) => (isObject(name) ? Buffer.from('not what was asked for') : undefined);
    const told = driver.page.getByText('Part of the disk can\'t be fetched').waitFor(); // a notice goes by itself
    assert.match(await driver.run('md5sum < ~/untouched; echo "status $?"'), /^md5sum: .*(I\/O error|Input\/output error)\nstatus 1$/m);
    await told;
    assert.equal(await driver.run('echo written > ~/note; cat ~/note'), 'written');
    // It is not remembered as bad. (Pieces that were on their way may still fail once.)
    host.trouble = () => undefined;
    const sums = await driver.run('for i in 1 2 3; do md5sum < ~/untouched 2>&1 && break; sleep 1; done');
    assert.equal(sums.split('\n').at(-1).split(' ')[0], SUM);
  });
});

test('a server that is away for a moment is waited for', async () => {
  await withVisitor(async (driver) => {
    let refused = 0;
    // One time less than any piece is asked for, whichever it is.
    host.trouble = (name) => (isObject(name) && refused < DEFAULT_RETRIES.attempts - 1 && ++refused ? 503 : undefined);
    assert.equal((await driver.run('md5sum < ~/untouched')).split(' ')[0], SUM);
    assert.equal(refused, DEFAULT_RETRIES.attempts - 1);
  });
});

test('a disk that isn\'t there: a sentence, and another try when it is', async () => {
  host.trouble = (name) => (isObject(name) ? 404 : undefined);
  await withVisitor(async (driver) => {
    await driver.page.getByText('The disk can\'t be fetched').waitFor();
    await driver.page.getByText(/the server answers 404/).waitFor();
    assert.equal(await driver.page.getByText('Use the site\'s disk').count(), 0); // it is that
    host.trouble = () => undefined;
    await driver.page.getByText('Try again').click();
    await driver.reaches('running');
    await driver.prompt();
    assert.equal(await driver.run('echo here'), 'here');
  }, 'failed');
});
