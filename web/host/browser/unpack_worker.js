/** The worker that unpacks a disk's objects: {id, packed, hash, most} → {id, bytes} or {id, error}; first of all {ready}. */
import { describeError } from '../errors.js';
import { unpackObject } from '../images/unpack_object.js';

self.addEventListener('message', async ({ data: { id, packed, hash, most } }) => {
  try {
    const bytes = await unpackObject(packed, hash, most);
    postMessage({ id, bytes }, { transfer: [bytes.buffer] });
  } catch (error) {
    postMessage({ id, error: describeError(error) });
  }
});

postMessage({ ready: true });
