// The workflow files in docs, which run elsewhere: they are YAML, their steps are whole, their scripts call what there is; and
// the one that publishes a site is run here but for the disk, which is a small one.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseOptions } from '../../web/image/options.js';
import { INPUT_OPTIONS } from '../../web/image/tree_input.js';
import { buildSite } from './servers.mjs';
import { makeTestImage } from './test_image.mjs';

const TOP = fileURLToPath(new URL('../../', import.meta.url));
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'elfin-workflow-'));
after(() => fs.rmSync(scratch, { recursive: true, force: true }));

const READ_YAML = 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)';
const files = fs.readdirSync(path.join(TOP, 'docs')).filter((name) => name.endsWith('.yml'));
const help = execFileSync(path.join(TOP, 'elfin'), ['help'], { encoding: 'utf8' });

function readWorkflow(name) {
  const text = fs.readFileSync(path.join(TOP, 'docs', name), 'utf8');
  return { text, ...JSON.parse(execFileSync('python3', ['-c', READ_YAML], { input: text, encoding: 'utf8' })) };
}

const stepsOf = ({ jobs }) => Object.values(jobs).flatMap(({ steps }) => steps);

/** What its scripts call Elfin with when they are run, one after the other. @returns {string[][]} */
function callsOf(workflow) {
  const folder = fs.mkdtempSync(path.join(scratch, 'run-'));
  const calls = path.join(folder, 'calls');
  const stub = (name, line) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), `#!/bin/bash\n${line}\n`, { mode: 0o755 });
  };
  stub('elfin/elfin', 'printf "%s\\0" "$@" >>"$CALLS"; echo >>"$CALLS"');
  stub('bin/apt-get', '[[ $1 == @(update|install) ]]');
  const env = { ...process.env, ...workflow.env, CALLS: calls, PATH: `${path.join(folder, 'bin')}:${process.env.PATH}` };
  for (const { run } of stepsOf(workflow)) if (run) execFileSync('bash', ['-e', '-c', run], { cwd: folder, env });
  return fs.readFileSync(calls, 'utf8').trimEnd().split('\n').map((line) => line.split('\0').slice(0, -1));
}

for (const name of files) {
  test(name, () => {
    const workflow = readWorkflow(name);
    assert.equal(workflow.name, /^name: (.*)$/m.exec(workflow.text)[1]);
    assert.ok(workflow.true, 'on, which YAML 1.1 takes for true');
    const steps = stepsOf(workflow);
    for (const { uses, run } of steps) {
      assert.equal((uses === undefined) + (run === undefined), 1, 'a step uses something, or runs it');
      if (uses) assert.match(uses, /^actions\/[a-z-]+@v\d+$/);
    }
    for (const [, id] of workflow.text.matchAll(/steps\.(\w+)\.outputs/g)) assert.ok(steps.some((step) => step.id === id), id);
    for (const [, variable] of workflow.text.matchAll(/\$\{\{ env\.(\w+) \}\}/g)) assert.ok(variable in workflow.env, variable);
    for (const [, glob] of workflow.text.matchAll(/'elfin\/([^'*]+)\//g)) assert.ok(fs.existsSync(path.join(TOP, glob)), glob);
    const calls = callsOf(workflow);
    assert.ok(calls.length > 0);
    for (const [command, ...words] of calls) {
      assert.match(help, new RegExp(`^ {2}\\./elfin ${command}\\b`, 'm'), command);
      for (const option of words.filter((word) => word.startsWith('--'))) assert.ok(help.includes(option), `${command} ${option}`);
    }
  });
}

test('what pages-site.yml calls makes the site that it publishes', { skip: !process.env.ELFIN_ESBUILD && 'ELFIN_ESBUILD is not set' }, () => {
  const workflow = readWorkflow('pages-site.yml');
  const [image, site, ...others] = callsOf(workflow);
  assert.deepEqual(others, []);
  const disk = parseOptions(image.slice(2), { ...INPUT_OPTIONS, size: 'value' }, ['IMAGE']);
  assert.deepEqual([image.slice(0, 2), disk], [['image', 'build'], { options: { packages: 'packages.txt' }, words: ['disk.img'] }]);
  const [command, out, ...options] = site;
  const at = options.indexOf('--image');
  assert.deepEqual([command, options.splice(at, 2)], ['site', ['--image', 'disk.img']]);
  const { with: { path: published } } = stepsOf(workflow).find(({ uses }) => uses?.startsWith('actions/upload-pages-artifact@'));
  assert.equal(out, published);
  buildSite(path.join(scratch, out), makeTestImage(scratch), ...options);
  const manifest = JSON.parse(fs.readFileSync(path.join(scratch, published, 'elfin.json'), 'utf8'));
  assert.equal(manifest.disk.title, workflow.env.TITLE);
});
