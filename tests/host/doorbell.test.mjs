// The doorbell between a page and its machine's worker: both sides in one thread.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Doorbell, DoorbellListener } from '../../web/host/browser/doorbell.js';

test('it is rung until the message has come', () => {
  const bell = new Doorbell();
  const listener = new DoorbellListener(bell.memory);
  assert.equal(listener.isRung, false);
  const [first, second] = [bell.ring(), bell.ring()];
  assert.equal(listener.isRung, true);
  listener.hear(first);
  assert.equal(listener.isRung, true, 'the second is still on its way');
  listener.hear(undefined); // a message without a ring
  assert.equal(listener.isRung, true);
  listener.hear(second);
  assert.equal(listener.isRung, false);
});

test('a page that shares no memory has none', () => {
  assert.equal(globalThis.crossOriginIsolated, undefined);
  assert.equal(Doorbell.make(), undefined);
});
