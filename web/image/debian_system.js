/**
 * A whole Debian system of a list of packages, with their scripts run: by mmdebstrap, as an ordinary user.
 */
import fs from 'node:fs';
import path from 'node:path';
import { readTar } from './tar_reader.js';
import { runTool } from './tool.js';

/** What newer files' times become, so that the same packages give the same bytes. */
const EPOCH = 1704067200; // 2024-01-01
const SUITE = 'bookworm';
const WITHOUT = ['doc', 'man', 'info', 'locale', 'lintian', 'bug'];
/** What installing leaves behind. */
const REMAINS = /^(var\/(cache\/(apt|debconf|ldconfig)|lib\/apt\/lists|log)\/.|tmp\/.|run\/.|etc\/(resolv\.conf|\.pwd\.lock)$|dev\/.)/;

const isSuite = (words) => words.some((word) => new RegExp(`^${SUITE}(-updates|-security)?$`).test(word));

/** One paragraph an entry. */
function paragraphsOf(text) {
  return text.split(/\n\s*\n/).filter((paragraph) => {
    const suites = /^Suites:(.*)$/im.exec(paragraph)?.[1] ?? '';
    return /^Types:.*\bdeb\b/im.test(paragraph) && isSuite(suites.trim().split(/\s+/));
  });
}

/** One line an entry. */
function linesOf(text) {
  return text.split('\n').filter((line) =>
    /^deb\s/.test(line) && isSuite(line.replace(/\[[^\]]*\]/, '').split(/\s+/).slice(2, 3)));
}

/** The machine's own package sources for the suite, as files; none: mmdebstrap's. */
function writeSources(folder, apt = '/etc/apt') {
  const parts = path.join(apt, 'sources.list.d');
  const names = fs.existsSync(parts) ? fs.readdirSync(parts).sort().map((name) => path.join(parts, name)) : [];
  const read = (suffix) => [path.join(apt, 'sources.list'), ...names]
    .filter((name) => name.endsWith(suffix) && fs.existsSync(name))
    .map((name) => fs.readFileSync(name, 'utf8'));
  const files = [];
  const write = (name, entries, between) => {
    if (entries.length === 0) return;
    files.push(path.join(folder, name));
    fs.writeFileSync(files.at(-1), `${entries.join(between)}\n`);
  };
  write('machine.list', read('.list').flatMap(linesOf), '\n');
  write('machine.sources', read('.sources').flatMap(paragraphsOf), '\n\n');
  return files;
}

/** @param {string} text a package a line; # begins a comment */
export const parsePackageList = (text) =>
  text.split('\n').map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '');

/**
 * @param {import('./tree.js').Tree} tree
 * @param {string[]} packages besides those that every system has
 * @param {string} folder for what is made on the way
 * @param {(name: string) => boolean} [wanted]
 */
export function addDebianSystem(tree, packages, folder, wanted = () => true) {
  const archive = path.join(folder, 'system.tar');
  runTool('mmdebstrap', [
    '--quiet', '--mode=fakechroot', '--variant=minbase', `--include=${packages.join(',')}`,
    ...WITHOUT.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    '--aptopt=APT::Install-Recommends "false"', '--aptopt=Acquire::Languages "none"',
    SUITE, archive, ...writeSources(folder),
  ], { env: { SOURCE_DATE_EPOCH: String(EPOCH), TMPDIR: folder } });
  tree.add(readTar(archive), archive, { wanted: (name) => !REMAINS.test(name) && wanted(name) });
}
