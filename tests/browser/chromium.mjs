// Headless Chromium by playwright-core. ELFIN_PLAYWRIGHT names the package's folder (launcher/browser.sh
// sets it), ELFIN_CHROMIUM the program, else Debian's.
import { createRequire } from 'node:module';

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** @returns {Promise<object>} Playwright's Browser */
export async function launchChromium() {
  const folder = process.env.ELFIN_PLAYWRIGHT;
  if (!folder) throw new Error('ELFIN_PLAYWRIGHT is not set: ./elfin test browser sets it');
  const { chromium } = createRequire(import.meta.url)(folder);
  const executablePath = process.env.ELFIN_CHROMIUM ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}
