// Pieces of the page that need no browser.
import assert from 'node:assert/strict';
import test from 'node:test';
import { bytesText, percentText, secondsText } from '../../web/page/quantities.js';
import { noticeOf } from '../../web/page/report_notices.js';

test('numbers for people', () => {
  const cases = [[0, '0 B'], [999, '999 B'], [1000, '1.0 kB'], [1499, '1.5 kB'], [99_500, '100 kB'], [999_499, '999 kB'],
    [999_500, '1.0 MB'], [1_234_567, '1.2 MB'], [256e9, '256 GB'], [5e15, '5000 TB']];
  for (const [count, text] of cases) assert.equal(bytesText(count), text);
  assert.equal(percentText(0.126), '13 %');
  assert.equal(secondsText(3.21), '3.2 s');
  assert.equal(secondsText(75.3), '1:15');
});

test('pasted text is as a terminal sends it', async () => {
  const { pastePieces } = await import('../../web/page/paste.js');
  const sent = (text, bracketed) => Buffer.concat([...pastePieces(text, bracketed)].map(({ bytes }) => bytes)).toString();
  assert.equal(sent('', false), '');
  assert.equal(sent('a\r\nb\nc', false), 'a\rb\rc');
  // What would end the brackets can't.
  assert.equal(sent('a\x1b[201~b', true), '\x1b[200~a[201~b\x1b[201~');
  // Wherever a long text is cut: no line's end becomes two, no character two halves.
  for (const unit of ['\r\n', '😀', 'ä\n']) {
    for (const shift of ['', 'x', 'xy']) {
      const text = shift + unit.repeat(100_000);
      assert.equal(sent(text, false), text.replaceAll('\r\n', '\r').replaceAll('\n', '\r'), `${shift}${unit}`);
    }
  }
});

/** A program that takes what it gets when it is told to. */
class SlowReader {
  #written = [];
  #pending = 0;
  #wake = () => {};

  write(data) {
    const bytes = Buffer.from(data);
    this.#written.push(bytes);
    this.#pending += bytes.length;
  }

  async taken(atMost) {
    while (this.#pending > atMost) await new Promise((resolve) => (this.#wake = resolve));
  }

  /** Reads what is there now, and waits until all that follows of it at once has been written. */
  async read() {
    this.#pending = 0;
    this.#wake();
    await new Promise((resolve) => setImmediate(resolve));
  }

  get text() {
    return Buffer.concat(this.#written).toString();
  }
}

async function makePaster() {
  const { Paster } = await import('../../web/page/paste.js');
  return new Paster({ notices: { show: () => ({ update: () => {}, close: () => {} }) }, ask: async () => 'no' });
}

test('a paste goes out as it is taken, and stops when it is cancelled', async () => {
  const [paster, process] = [await makePaster(), new SlowReader()];
  const options = { process, isBracketed: () => false };
  const pasting = paster.paste('x'.repeat(100_000), options);
  await new Promise((resolve) => setImmediate(resolve));
  const ahead = process.text.length;
  assert.ok(ahead > 16_384 && ahead <= 16_384 + 4096, `${ahead}`);
  assert.equal(paster.isBusy, true);
  paster.cancel();
  await process.read();
  await pasting;
  assert.equal(process.text.length, ahead);
  assert.equal(paster.isBusy, false);
  // Above a megabyte the user is asked, who says no here.
  await paster.paste('x'.repeat(1_100_000), options);
  assert.equal(process.text.length, ahead);
});

test('pastes and keys come one after the other, each whole', async () => {
  const [paster, process] = [await makePaster(), new SlowReader()];
  const options = { process, isBracketed: () => true };
  const type = (keys) => paster.afterwards(() => process.write(keys));
  const [first, second] = ['a'.repeat(50_000), 'b'.repeat(50_000)];
  type('1');
  paster.paste(first, options);
  type('2');
  const last = paster.paste(second, options);
  type('3');
  while (paster.isBusy) await process.read();
  await last;
  assert.equal(process.text, `1\x1b[200~${first}\x1b[201~2\x1b[200~${second}\x1b[201~3`);
  type('4');
  assert.equal(process.text.at(-1), '4');
});

test('what waits behind a cancelled paste goes with it; what comes later comes behind its bracket', async () => {
  const [paster, process] = [await makePaster(), new SlowReader()];
  const options = { process, isBracketed: () => true };
  paster.paste('a'.repeat(50_000), options);
  paster.paste('never', options);
  paster.afterwards(() => process.write('never'));
  await new Promise((resolve) => setImmediate(resolve));
  paster.cancel();
  paster.paste('b', options);
  while (paster.isBusy) await process.read();
  assert.match(process.text, /^\x1b\[200~a{16000,24000}\x1b\[201~\x1b\[200~b\x1b\[201~$/);
});

test('which reports of the machine become notices', () => {
  assert.match(noticeOf('chunk 12 of the image: it can\'t be fetched').text, /^Part of the disk/);
  assert.match(noticeOf('https://example.org/disk.img: the server answers 503').text, /^Part of the disk/);
  assert.match(noticeOf('this browser has no room left for what the disk keeps').text, /no space left on device/);
  assert.equal(noticeOf('system call socket is not there (ENOSYS)'), undefined);
});

test('who has a disk: a claim that goes is waited for, one that answers is not, and it lets go when asked', { skip: !navigator.locks }, async () => {
  const { DiskClaim } = await import('../../web/page/disk_claim.js');
  const held = (release) => navigator.locks.request('elfin-disk-x', () => release); // by a tab that is about to end
  const ending = Promise.withResolvers();
  const gone = held(ending.promise);
  const first = new DiskClaim('x');
  const taking = first.take();
  setTimeout(() => ending.resolve(), 100);
  assert.equal(await taking, true);
  await gone;
  assert.equal(first.isHeld, true);

  let stops = 0;
  first.onAsked(async () => {
    stops++;
    await new Promise((resolve) => setTimeout(resolve, 3500)); // longer than an answer may take
  });
  const second = new DiskClaim('x');
  assert.equal(await second.take(), false);
  assert.equal(stops, 0);
  assert.equal(await second.takeOver(), true);
  assert.equal(stops, 1);
  assert.equal(first.isHeld, false);
  second.release();

  const silent = Promise.withResolvers();
  held(silent.promise);
  assert.equal(await first.takeOver(), false);
  silent.resolve();
});
