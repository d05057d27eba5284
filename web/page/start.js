/**
 * The machine's start, which a first prompt waits for longest: it goes before everything else of the page, also before the
 * page's other scripts have come.
 */
import { WorkerMachine } from '../host/browser/worker_machine.js';
import { browserLack } from './browser_lack.js';
import { makeCard } from './card.js';
import { Computer } from './computer.js';
import { button } from './elements.js';
import { ask } from './notices.js';
import { Settings } from './settings.js';
import { binariesOfPage, chooseDisk, fetchSiteManifest } from './site_manifest.js';

const lack = browserLack();
if (lack !== undefined) {
  document.getElementById('terminals').append(makeCard({
    title: 'This browser can\'t run the machine',
    text: `It lacks ${lack}. Chrome and Edge have all that is needed from 119 on, Firefox from 121, Safari from 18.2.`,
  }, [button('Try again', () => location.reload(), 'primary')]));
  throw new Error(`this browser lacks ${lack}`); // nothing else of the page could begin
}

export const settings = new Settings(location.hash);

const binaries = binariesOfPage();
/** Resolves when the worker runs: a thread needs the page's to begin. */
export const workerRuns = WorkerMachine.prepare(binaries);

/** @type {Promise<object>} rejects with an Error with a sentence */
export const manifestComing = fetchSiteManifest();

async function startComputer() {
  const disk = await chooseDisk(await manifestComing, settings.request, ask);
  const computer = new Computer({
    ...binaries, disk, memoryBytes: () => settings.get('memoryMegabytes') * 2 ** 20 || undefined,
  });
  computer.start();
  return computer;
}

/** @type {Promise<Computer>} starting; rejects as the manifest does */
export const computerComing = startComputer();
computerComing.catch(() => {}); // main.js tells
