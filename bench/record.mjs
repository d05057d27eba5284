// The record: where it was taken, its file, whether it is as record.schema.json says.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {cpus, totalmem} from 'node:os';
import {fileURLToPath} from 'node:url';

import {UsageError} from './options.mjs';
import {violations} from './validate.mjs';

export const schema = JSON.parse(readFileSync(new URL('record.schema.json', import.meta.url), 'utf8'));

// Machine, engine and commit; and where the binaries were, when they aren't this checkout's.
export function circumstances() {
  return {
    elfinBench: 1,
    date: new Date().toISOString(),
    commit: commit(),
    ...(process.env.ELFIN_BINARIES && {binaries: process.env.ELFIN_BINARIES}),
    processor: cpus()[0].model.trim(),
    processors: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    v8: process.versions.v8,
  };
}

function commit() {
  const top = fileURLToPath(new URL('..', import.meta.url));
  const git = (...words) => execFileSync('git', ['-C', top, ...words],
                                         {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
  try {
    return git('rev-parse', 'HEAD').trim() + (git('status', '--porcelain') ? ' and changes' : '');
  } catch {
    return 'unknown'; // not a git checkout
  }
}

// Throws when `record` isn't as the schema says.
export function validateRecord(record) {
  const found = violations(schema, JSON.parse(JSON.stringify(record)));
  if (found.length) throw new Error(`the record is not as record.schema.json says: ${found.slice(0, 5).join('; ')}`);
}

export function readRecord(file) {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8'));
    validateRecord(record);
    return record;
  } catch (error) {
    throw new UsageError(`${file}: ${error.message}`);
  }
}
