/**
 * elfin.json: what this site is made of (FORMAT.md). Its address is the one thing that every version of a site
 * has in common, so it is asked for afresh each time.
 */
import { ownDisk } from './own_disk.js';

/** @returns {Promise<object>} Throws an Error with a sentence. */
export async function fetchSiteManifest() {
  const address = new URL('elfin.json', document.baseURI);
  const response = await fetch(address, { cache: 'no-cache' });
  if (!response.ok) throw new Error(`${address.pathname}: the server answers ${response.status}`);
  const manifest = await response.json();
  if (manifest.elfinSite !== 1) throw new Error('elfin.json is of another version of this page');
  return manifest;
}

/**
 * Where the binaries are: the page itself says so, since they are wanted before elfin.json has come.
 * @returns {{binaries: string, suffix: string}} for WorkerMachine
 */
export function binariesOfPage() {
  const { content, dataset } = document.querySelector('meta[name="elfin-binaries"]');
  return { binaries: siteUrl(content), suffix: dataset.suffix ?? '' };
}

/** Addresses in it are relative to the page. */
export const siteUrl = (path) => new URL(path, document.baseURI).href;

export const siteDisk = ({ disk }) => ({ ...disk, url: siteUrl(disk.url) });

/**
 * The disk that the page starts with: the site's, the user's own, or the one that a link names, after a question.
 * @returns {Promise<{kind: string, url: string, name: string, title?: string}>}
 */
export async function chooseDisk({ disk }, { image }, ask) {
  if (!image) return ownDisk() ?? siteDisk({ disk });
  const url = new URL(image, document.baseURI);
  if (url.origin !== location.origin) {
    const answer = await ask({
      title: 'Start a disk from another site?',
      text: `This link asks for the disk ${url.href}. Its programs run in this page and can't leave it, but they are ` +
        'not this site\'s.',
      answers: { yes: 'Start it', no: 'This site\'s disk' },
    });
    if (answer !== 'yes') return siteDisk({ disk });
  }
  const title = url.pathname.split('/').filter(Boolean).at(-1) ?? url.host;
  // What is written to it stays apart from all other disks' writings.
  return { kind: 'image', url: url.href, name: `${url.host}${url.pathname}`.replaceAll('/', '_'), title };
}

/**
 * Lets the service worker keep the site for visits without a network. Not where it is served from a checkout: what is
 * changed there is to be seen at once.
 * @param {import('../host/browser/worker_machine.js').WorkerMachine} [machine] what it has fetched is kept, too
 */
export async function keepSite({ files, version }, machine) {
  if (files === undefined || !navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register(siteUrl('sw.js'), { updateViaCache: 'none' });
    const { active } = await navigator.serviceWorker.ready;
    active.postMessage({ version, keep: (await machine?.touched()) ?? [] });
  } catch (error) {
    console.warn(`This page can't be kept for visits without a network: ${error.message}`);
  }
}
