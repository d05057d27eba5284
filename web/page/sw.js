/**
 * The site's service worker: keeps the page whole, so that it starts without a network, and gives it the headers
 * that isolate it. It knows the site by elfin.json (FORMAT.md) alone, and itself seldom changes.
 *
 * A version is kept in a cache of its own, complete and checked or not at all. The one that is shown is `current`; a newer
 * one waits as `next` and takes its place when a page is opened, so that no page gets files of two versions.
 *
 *   open → next becomes current → index.html from the cache; meanwhile elfin.json is fetched:
 *          another version? → all of its files into a cache of their own → next
 *   page is there, alone, of the current version → older versions go, and the pieces of their disks
 *
 * Pieces of disks lie in one cache for all versions. Where the whole disk is to be kept, by the site's wish or the
 * user's, a newer version isn't `next` before its disk is whole, too.
 */
const STATE_CACHE = 'elfin-state';
const DISK_CACHE = 'elfin-disk';
const FIXED_NAMES = ['index.html', 'elfin.json'];
const PIECES = 'disk/objects/';
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

/** The names of the caches `current` and `next`, and `whole disk`: small entries of a cache, since workers have no other store. */
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

/** Bytes that came packed, as they are when they have been unpacked. (Some servers unpack on the way.) */
async function unpacked(bytes) {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isPacked) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function sha256(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * What a response brought, once its content is what the hash says. A server that answers everything with some page, or a
 * network that wants a login first, must not take a file's place for good.
 * @returns {Promise<{bytes: Uint8Array, content: Uint8Array}>} `content`: unpacked
 */
async function checked(response, hash) {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const content = await unpacked(bytes).catch(() => bytes);
  if ((await sha256(content)) === hash) return { bytes, content };
  // What was unpacked on the way may be packed itself.
  if (content !== bytes && (await sha256(bytes)) === hash) return { bytes, content: bytes };
  throw new Error(`${response.url}: it is not what the site has there`);
}

/** Some cache on the way may have it wrong. */
async function fetchChecked(name, hash) {
  const attempt = async (options) => {
    const response = await fetchGood(address(name), options);
    return { response, ...await checked(response, hash) };
  };
  return attempt({}).catch(() => attempt({ cache: 'reload' }));
}

/**
 * A file of the app. A packed binary is kept as it is when it has been unpacked: the page compiles it straight from
 * here, and the browser keeps what it has compiled with it for the next visit. (What a page unpacks itself is compiled
 * anew each time.)
 */
async function fetchAppFile({ path, hash }) {
  const { response, bytes, content } = await fetchChecked(path, hash);
  if (path.endsWith('.wasm.gz')) return isolated(new Response(content, { headers: { 'content-type': 'application/wasm' } }));
  return isolated(new Response(bytes, { headers: response.headers }));
}

/** A piece of a disk: the last part of its name is its hash. */
async function fetchPiece(name) {
  const { response, bytes } = await fetchChecked(name, name.slice(PIECES.length));
  return isolated(new Response(bytes, { headers: response.headers }));
}

/**
 * Puts all of these into the cache, a few at a time, or throws.
 * @param {string[]} names
 * @param {(name: string) => Promise<Response>} get for what isn't there yet
 */
async function keepAll(cache, names, get) {
  const queue = [...names];
  const work = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      if (!(await cache.match(address(name)))) await cache.put(address(name), await get(name));
    }
  };
  // All have ended before anybody clears up.
  const outcomes = await Promise.allSettled(Array.from({ length: PARALLEL }, () => work().catch((error) => {
    queue.splice(0);
    throw error;
  })));
  const failed = outcomes.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
}

const keepPieces = async (names) => keepAll(await caches.open(DISK_CACHE), names, fetchPiece);

/** What changes the versions that are kept, one after the other. */
let lastChange = Promise.resolve();

function inTurn(change) {
  lastChange = lastChange.then(change, change);
  return lastChange;
}

let updating;

/** Fetches the site's newest version unless it is here; it is `next` when it is complete. */
function update() {
  updating ??= inTurn(fetchNewest).finally(() => void (updating = undefined));
  return updating;
}

const manifestOf = async (cache) => (await cache.match(address('elfin.json')))?.json();

/** What a version has of the files of another one, by their hash. @returns {Promise<(hash: string) => Promise<Response | undefined>>} */
async function filesOf(version) {
  if (version === undefined) return async () => undefined;
  const cache = await caches.open(version);
  const paths = new Map((await manifestOf(cache))?.files.map(({ path, hash }) => [hash, path]));
  return async (hash) => (paths.has(hash) ? cache.match(address(paths.get(hash))) : undefined);
}

async function fetchNewest() {
  const answer = await fetchGood(address('elfin.json'), { cache: 'no-cache' });
  const manifest = await answer.clone().json();
  const name = APP_PREFIX + manifest.version;
  const [current, next] = await Promise.all([readState('current'), readState('next')]);
  if ([current, next].includes(name)) return;
  const cache = await caches.open(name);
  try {
    const files = new Map(manifest.files.map((file) => [file.path, file]));
    const fromEarlier = await filesOf(current);
    await keepAll(cache, [...files.keys()], async (path) =>
      (await fromEarlier(files.get(path).hash)) ?? fetchAppFile(files.get(path)));
    const index = await fetchGood(address('index.html'), { cache: 'no-cache' });
    const text = await index.clone().text();
    // The server may have been given a newer version meanwhile.
    if (!text.includes(manifest.app)) throw new Error('index.html is of another version');
    await cache.put(address('index.html'), isolated(index));
    await cache.put(address('elfin.json'), isolated(answer));
    if (current && (manifest.disk.keepAll || await readState('whole disk'))) await keepWhole(manifest);
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
  await writeState('next', name);
}

/** Without room for all of it the page goes on, as it does where nobody wants the whole disk. */
async function keepWhole({ disk }) {
  await keepPieces(disk.files).catch((error) => {
    if (error.name !== 'QuotaExceededError') throw error;
  });
}

/** A page is about to be opened: what waits takes its place. @returns the cache's name, undefined: none yet */
async function takeNext() {
  const [next, current] = await Promise.all([readState('next'), readState('current')]);
  if (next === undefined) return current;
  await writeState('current', next);
  await writeState('next', undefined);
  return next;
}

/** Older versions go when nobody uses them: the page that says so is the only one, and of the current version. */
async function dropOld(version) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const [next, current] = await Promise.all([readState('next'), readState('current')]);
  const isAlone = pages.filter(({ url }) => url.startsWith(scope)).length === 1;
  if (!isAlone || current !== APP_PREFIX + version) return;
  const used = [current, next].filter((name) => name !== undefined);
  const old = (await caches.keys()).filter((name) => name.startsWith(APP_PREFIX) && !used.includes(name));
  if (old.length === 0) return;
  const manifests = await Promise.all(used.map(async (name) => manifestOf(await caches.open(name))));
  const wanted = new Set(manifests.flatMap(({ disk }) => disk.files ?? []).map(address));
  const disk = await caches.open(DISK_CACHE);
  const pieces = (await disk.keys()).filter(({ url }) => url.startsWith(address(PIECES)) && !wanted.has(url));
  await Promise.all(pieces.map((piece) => disk.delete(piece)));
  await Promise.all(old.map((name) => caches.delete(name)));
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
async function fromDisk(event, name) {
  const { request } = event;
  const cache = await caches.open(DISK_CACHE);
  const kept = request.cache === 'reload' ? undefined : await cache.match(request.url);
  if (kept) return kept;
  const response = await fetch(request);
  // A full store is no reason to fail, nor is damage, which the page sees itself: it is fetched again next time.
  if (response.status === 200) event.waitUntil(keepPassing(cache, name, response.clone()).catch(() => {}));
  return response;
}

async function keepPassing(cache, name, response) {
  const { bytes } = await checked(response, name.slice(PIECES.length));
  await cache.put(address(name), isolated(new Response(bytes, { headers: response.headers })));
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
  if (name.startsWith(PIECES)) return fromDisk(event, name);
  return (await caches.match(request.url)) ?? fetch(request);
}

self.addEventListener('install', (event) => {
  event.waitUntil(update().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

/**
 * From a page that is there: `version`, its own; `keep`, addresses of pieces of the disk, those that it fetched before
 * there was anybody to keep them or those that it wants; `wholeDisk`, whether versions to come are to have all of theirs.
 * With a port it is told when that is done, or the error's name and message.
 */
async function hear({ version, keep = [], wholeDisk = false }) {
  if (wholeDisk) await writeState('whole disk', 'yes');
  const names = keep.filter((url) => url.startsWith(address(PIECES))).map((url) => url.slice(scope.length));
  await Promise.all([keepPieces(names), version && inTurn(() => dropOld(version))]);
}

self.addEventListener('message', (event) => {
  const [port] = event.ports;
  event.waitUntil(hear(event.data).then(
    () => port?.postMessage({}), ({ name, message }) => port?.postMessage({ error: { name, message } })));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(scope)) return;
  event.respondWith(answer(event).then(isolated, () => Response.error()));
});
