/** Starting module workers, also where the modules come from another origin. */

const READ_BY_THEN_MS = 60_000;

/**
 * Imports the script, and gives it the messages that have come before it was there. A static import would need
 * the other origin in a page's worker-src, too.
 */
const LOADER = (url) => `const early = [];
const keep = ({ data }) => early.push(data);
addEventListener('message', keep);
import(${JSON.stringify(url)}).then(() => {
  removeEventListener('message', keep);
  for (const data of early) dispatchEvent(new MessageEvent('message', { data }));
}, (error) => setTimeout(() => { throw error; }));
`;

/**
 * A worker's script must be of the page's own origin; elsewhere, as on a CDN, a Blob of ours imports it.
 * @param {string} name of the script, relative to `here`
 * @param {string} here `import.meta.url` of the caller; a bundler may have made a file's address of it
 * @param {() => Worker} start the same script's `new Worker(new URL(…))`, written out where bundlers find it. (Another
 *   `new URL(…)` would have them ship the script a second time, as it is.)
 */
export function startModuleWorker(name, here, start) {
  const script = new URL(name, here);
  if (script.protocol === 'file:' || script.origin === location.origin) return start();
  const source = new Blob([LOADER(script.href)], { type: 'text/javascript' });
  const url = URL.createObjectURL(source);
  const worker = new Worker(url, { type: 'module' });
  setTimeout(() => URL.revokeObjectURL(url), READ_BY_THEN_MS);
  return worker;
}
