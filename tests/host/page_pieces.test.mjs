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

test('a paste goes out as it is taken, and stops when it is cancelled', async () => {
  const { Paster } = await import('../../web/page/paste.js');
  const notices = { show: () => ({ update: () => {}, close: () => {} }) };
  const written = [];
  let pending = 0;
  let waiting;
  const process = {
    write: (bytes) => {
      written.push(typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes));
      pending += bytes.length;
    },
    taken: async (atMost) => {
      while (pending > atMost) await new Promise((resolve) => (waiting = resolve));
    },
  };
  const paster = new Paster({ notices, ask: async () => 'no' });
  const pasting = paster.paste('x'.repeat(100_000), { process, bracketed: false });
  await new Promise((resolve) => setImmediate(resolve));
  const ahead = Buffer.concat(written).length;
  assert.ok(ahead > 16_384 && ahead <= 16_384 + 4096, `${ahead}`);
  assert.equal(paster.isBusy, true);
  paster.cancel();
  pending = 0;
  waiting();
  await pasting;
  assert.equal(Buffer.concat(written).length, ahead);
  assert.equal(paster.isBusy, false);
  // Above a megabyte the user is asked, who says no here.
  await paster.paste('x'.repeat(1_100_000), { process, bracketed: false });
  assert.equal(Buffer.concat(written).length, ahead);
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
