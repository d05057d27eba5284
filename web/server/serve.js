/**
 * `elfin serve`: the page and a disk, from this checkout, with the headers that isolate it.
 * node serve.js --port N --image FILE --xterm DIR --binaries DIR [--host ADDRESS] [--not-isolated]
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { appFiles, INDEX, SERVICE_WORKER } from './site_files.js';
import { makeStaticServer } from './static_server.js';

const TROUBLE = 125;

class UsageError extends Error {}

function parse(argv) {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        port: { type: 'string', default: '8080' },
        host: { type: 'string', default: '127.0.0.1' },
        image: { type: 'string' },
        title: { type: 'string' },
        xterm: { type: 'string' },
        binaries: { type: 'string' },
        'not-isolated': { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535) throw new UsageError(`--port wants a number, not '${values.port}'`);
  return { ...values, port, isolated: !values['not-isolated'] };
}

/** The disk as elfin.json names it. */
function describeDisk({ image, title }) {
  if (!fs.statSync(image, { throwIfNoEntry: false })?.isFile()) throw new UsageError(`--image ${image}: no such file`);
  const name = path.basename(image).replace(/\.[^.]*$/, '');
  return { kind: 'image', url: 'disk/image', name, title: title ?? name };
}

function locator(options) {
  let files = appFiles(options);
  const manifest = { elfinSite: 1, version: 'serve', app: 'app/', disk: describeDisk(options) };
  return (name) => {
    if (name === 'index.html') return { path: INDEX };
    if (name === 'sw.js') return { path: SERVICE_WORKER };
    if (name === 'elfin.json') return { bytes: Buffer.from(JSON.stringify(manifest)) };
    if (name === 'disk/image') return { path: options.image };
    if (!name.startsWith('app/')) return undefined;
    const part = name.slice('app/'.length);
    if (!files.has(part)) files = appFiles(options); // it may be new in the checkout
    return files.has(part) ? { path: files.get(part) } : undefined;
  };
}

function main() {
  const options = parse(process.argv.slice(2));
  const server = makeStaticServer(locator(options), options);
  server.on('error', (error) => {
    const isTaken = error.code === 'EADDRINUSE';
    console.error(`elfin: serve: ${isTaken ? `port ${options.port} is in use; --port takes another` : error.message}`);
    process.exit(TROUBLE);
  });
  server.listen(options.port, options.host, () => {
    const { address, port, family } = server.address();
    const host = family === 'IPv6' ? `[${address}]` : address;
    console.log(`Elfin is at http://${host}:${port}/ (Ctrl-C ends it)`);
  });
}

try {
  main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`elfin: serve: ${error.message}`);
  process.exit(TROUBLE);
}
