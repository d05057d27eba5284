// Headless Chromium by playwright-core. ELFIN_PLAYWRIGHT names the package's folder (launcher/browser.sh
// sets it), ELFIN_CHROMIUM the program, else Debian's.
import { createRequire } from 'node:module';

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** Ways to start it. */
export function loadChromium() {
  const folder = process.env.ELFIN_PLAYWRIGHT;
  if (!folder) throw new Error('ELFIN_PLAYWRIGHT is not set: ./elfin test browser sets it');
  const { chromium } = createRequire(import.meta.url)(folder);
  const executablePath = process.env.ELFIN_CHROMIUM ?? '/usr/bin/chromium';
  const settings = { executablePath, headless: true, args: FLAGS };
  return {
    /** @returns {Promise<object>} Playwright's Browser */
    launch: () => chromium.launch(settings),
    /** `flags`: more of them. @returns {Promise<object>} Playwright's BrowserContext, with a profile in that folder */
    persistent: (profile, { flags = [], ...options }) =>
      chromium.launchPersistentContext(profile, { ...settings, args: [...FLAGS, ...flags], ...options }),
  };
}

export const launchChromium = () => loadChromium().launch();
