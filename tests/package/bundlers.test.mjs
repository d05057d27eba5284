// The package through bundlers, as their users call them: what comes out runs a guest, from their files alone.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { pathToFileURL } from 'node:url';
import { launchProfile } from '../page/page_driver.mjs';
import { bcInWorker, elementShows, openPage, Project } from './project.mjs';

const PI = '3.141592653589793238462643383276';
const PATIENCE_MS = 60_000;
/** In whose node_modules they are. */
const BUNDLERS = process.env.ELFIN_BUNDLERS;
const skip = !BUNDLERS && 'ELFIN_BUNDLERS is not set: ./elfin test package sets it';

/** The rest of the package: a machine on the page's own thread, on the package's disk, and the element. */
const onThePage = `import { Machine, openImage, SHELL_DISK } from 'elfin';
import 'elfin/terminal';
const own = await Machine.create({ mounts: { '/': { image: await openImage(SHELL_DISK) } } });
const shell = await own.spawn('/bin/mksh', ['-c', 'print a shell']);
const said = await new Response(shell.stdout).text();
await own.stop();
window.result.push(said);
window.done = true;`;

let project;
let origin;
let browser;
let app;

before(async () => {
  if (skip) return;
  project = await Project.make();
  origin = await project.serve();
  browser = await launchProfile();
  app = path.join(project.folder, 'app');
  fs.mkdirSync(app);
  const worker = bcInWorker({ from: 'elfin', disk: 'new URL(\'/disk/\', location).href' });
  fs.writeFileSync(path.join(app, 'main.js'), `${worker}\n${onThePage}`);
  fs.writeFileSync(path.join(app, 'index.html'), '<!doctype html><script type="module" src="main.js"></script>');
});

after(async () => {
  await browser?.close();
  project?.close();
});

/** @type {Record<string, (out: string) => Promise<string>>} builds the app; its script, relative to `out` */
const BUILDS = {
  async vite(out) {
    const { build } = await import(pathToFileURL(path.join(BUNDLERS, 'node_modules/vite/dist/node/index.js')).href);
    await build({ configFile: false, logLevel: 'error', root: app, base: './', build: { outDir: out } });
    return /src="\.\/([^"]+)"/.exec(fs.readFileSync(path.join(out, 'index.html'), 'utf8'))[1];
  },
  async webpack(out) {
    const webpack = createRequire(path.join(BUNDLERS, 'node_modules/x.js'))('webpack');
    const settings = { mode: 'production', context: app, entry: './main.js', output: { path: out }, performance: false };
    const stats = await new Promise((resolve, reject) => webpack(settings, (error, done) => (error ? reject(error) : resolve(done))));
    const { errors, warnings } = stats.toJson({ errors: true, warnings: true });
    assert.deepEqual([...errors, ...warnings].map(({ message }) => message), []);
    return 'main.js';
  },
};

for (const [name, build] of Object.entries(BUILDS)) {
  test(`a page built with ${name}`, { skip }, async () => {
    const out = path.join(project.scratch, name);
    const script = await build(out);
    project.addPage(`${name}/page.html`, { script, body: '<elfin-terminal></elfin-terminal>' });
    const { page, complaints } = await openPage(browser.context, `${origin}/${name}/page.html`);
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.reload();
    await page.waitForFunction(() => window.done, null, { timeout: PATIENCE_MS })
      .catch((error) => assert.fail(`${error.message} ${complaints.join('; ')}`));
    assert.deepEqual(await page.evaluate(() => window.result), [`${PI}\n`, 0, true, 'a shell\n']);
    await elementShows(page, 0, '/root #');
    assert.equal(await page.locator('.xterm-helper-textarea').evaluate((element) => getComputedStyle(element).opacity), '0', 'its style has come');
    assert.deepEqual(complaints, []);
    assert.deepEqual(asked.filter((where) => !/^\/(disk|vite|webpack)\//.test(where)), []);
    // Each script once: a worker's source as it is would be of no use.
    const files = fs.readdirSync(out, { recursive: true });
    assert.equal(files.filter((file) => file.endsWith('.wasm')).length, 3);
    for (const file of files.filter((each) => each.endsWith('.js'))) {
      assert.doesNotMatch(fs.readFileSync(path.join(out, file), 'utf8'), /(from|import) ?['"]\.\.\//, file);
    }
    await page.close();
  });
}
