/**
 * The site's service worker: keeps the page whole, so that it starts without a network, and gives it the headers
 * that isolate it. It knows the site by elfin.json (FORMAT.md) alone, and itself seldom changes.
 *
 * A version is kept in a cache of its own, complete or not at all. The one that is shown is `current`; a newer one
 * waits as `next` and takes its place when a page is opened, so that no page gets files of two versions.
 *
 *   open → next becomes current → index.html from the cache; meanwhile elfin.json is fetched:
 *          another version? → all of its files into a cache of their own → next
 */
const STATE_CACHE = 'elfin-state';
const DISK_CACHE = 'elfin-disk';
const FIXED_NAMES = ['index.html', 'elfin.json'];
const PARALLEL = 6;

const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

const scope = self.registration.scope;
/** Other folders of this host may have sites of their own, whose versions are theirs to drop. */
const APP_PREFIX = `elfin-app-${new URL(scope).pathname}-`;
const address = (name) => new URL(name, scope).href;

/** The names of the caches `current` and `next`: small entries of a cache, since workers have no other store. */
async function readState(name) {
  const entry = await (await caches.open(STATE_CACHE)).match(address(name));
  return entry?.text();
}

async function writeState(name, value) {
  const state = await caches.open(STATE_CACHE);
  if (value === undefined) await state.delete(address(name));
  else await state.put(address(name), new Response(value));
}

async function fetchGood(url, options) {
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`${url}: the server answers ${response.status}`);
  return response;
}

/**
 * A packed binary as it is when it has been unpacked: the page compiles it straight from here, and the browser keeps what
 * it has compiled with it for the next visit. (What a page unpacks itself is compiled anew each time.)
 */
async function unpackedBinary(response) {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b; // some servers unpack a .gz on the way
  const content = new Blob([bytes]).stream();
  const body = isPacked ? content.pipeThrough(new DecompressionStream('gzip')) : content;
  return new Response(body, { headers: { 'content-type': 'application/wasm' } });
}

/** Puts all of these into the cache, or throws. */
async function keepAll(cache, names, options) {
  const queue = [...names];
  const work = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      if (await cache.match(address(name))) continue;
      const response = await fetchGood(address(name), options);
      await cache.put(address(name), isolated(name.endsWith('.wasm.gz') ? await unpackedBinary(response) : response));
    }
  };
  // All have ended before anybody clears up.
  const outcomes = await Promise.allSettled(Array.from({ length: PARALLEL }, work));
  const failed = outcomes.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
}

let updating;

/** Fetches the site's newest version unless it is here; it is `next` when it is complete. One at a time. */
function update() {
  updating ??= fetchNewest().finally(() => void (updating = undefined));
  return updating;
}

async function fetchNewest() {
  const answer = await fetchGood(address('elfin.json'), { cache: 'no-cache' });
  const manifest = await answer.clone().json();
  const name = APP_PREFIX + manifest.version;
  if ([await readState('current'), await readState('next')].includes(name)) return;
  const cache = await caches.open(name);
  try {
    await keepAll(cache, manifest.files.map(({ path }) => path));
    const index = await fetchGood(address('index.html'), { cache: 'no-cache' });
    const text = await index.clone().text();
    // The server may have been given a newer version meanwhile.
    if (!text.includes(manifest.app)) throw new Error('index.html is of another version');
    await cache.put(address('index.html'), isolated(index));
    await cache.put(address('elfin.json'), isolated(answer));
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
  await writeState('next', name);
  if (manifest.disk.keepAll) await keepAll(await caches.open(DISK_CACHE), manifest.disk.files ?? []);
}

/** A page is about to be opened: what waits takes its place. @returns the cache's name, undefined: none yet */
async function takeNext() {
  const [next, current] = await Promise.all([readState('next'), readState('current')]);
  if (next === undefined) return current;
  await writeState('current', next);
  await writeState('next', undefined);
  // Older versions may still be in use by pages that are open.
  const open = await self.clients.matchAll({ type: 'window' });
  if (open.length === 0) {
    const old = (await caches.keys()).filter((name) => name.startsWith(APP_PREFIX) && name !== next);
    await Promise.all(old.map((name) => caches.delete(name)));
  }
  return next;
}

/**
 * With the headers that isolate. What is kept has them already and is handed out as it is: then the browser may keep the
 * compiled script with it, too.
 */
function isolated(response) {
  if (response.type === 'opaque' || response.type === 'error') return response;
  if (Object.entries(ISOLATION).every(([name, value]) => response.headers.get(name) === value)) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(ISOLATION)) headers.set(name, value);
  const { status, statusText } = response;
  return new Response([101, 204, 205, 304].includes(status) ? null : response.body, { status, statusText, headers });
}

async function fromVersion(cacheName, name, request) {
  const kept = cacheName && (await (await caches.open(cacheName)).match(address(name)));
  return kept ?? fetch(request);
}

/**
 * Pieces of disks have names that tell their content: what was fetched once is good for ever. One that came damaged
 * is asked for past all caches, and takes the place of what was kept.
 */
async function fromDisk(request) {
  const cache = await caches.open(DISK_CACHE);
  const kept = request.cache === 'reload' ? undefined : await cache.match(request.url);
  if (kept) return kept;
  const response = await fetch(request);
  // A full store is no reason to fail: it is fetched again next time.
  if (response.status === 200) await cache.put(request.url, isolated(response.clone())).catch(() => {});
  return response;
}

async function answer(event) {
  const { request } = event;
  const name = new URL(request.url).pathname.slice(new URL(scope).pathname.length);
  if (request.mode === 'navigate' && (name === '' || name === 'index.html')) {
    const current = await takeNext();
    event.waitUntil(update().catch(() => {})); // another time, then
    return fromVersion(current, 'index.html', request);
  }
  if (FIXED_NAMES.includes(name)) return fromVersion(await readState('current'), name, request);
  if (request.headers.has('range')) return fetch(request);
  if (name.startsWith('disk/objects/')) return fromDisk(request);
  return (await caches.match(request.url)) ?? fetch(request);
}

self.addEventListener('install', (event) => {
  event.waitUntil(update().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

/** What a page has fetched before there was anybody to keep it. */
self.addEventListener('message', (event) => {
  const urls = (event.data.keep ?? []).filter((url) => url.startsWith(scope));
  event.waitUntil(caches.open(DISK_CACHE).then((cache) => keepAll(cache, urls)).catch(() => {}));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(scope)) return;
  event.respondWith(answer(event).then(isolated, () => Response.error()));
});
