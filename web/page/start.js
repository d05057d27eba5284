/**
 * Before the page's other scripts have come: the machine's worker starts and fetches the binaries, and elfin.json is on its
 * way. The machine is what a first prompt waits for longest.
 */
import { WorkerMachine } from '../host/browser/worker_machine.js';
import { binariesOfPage, fetchSiteManifest } from './site_manifest.js';

/** For WorkerMachine and Computer. */
export const binaries = binariesOfPage();
WorkerMachine.prepare(binaries);

/** @type {Promise<object>} rejects with an Error with a sentence */
export const manifestComing = fetchSiteManifest();
manifestComing.catch(() => {}); // main.js tells
