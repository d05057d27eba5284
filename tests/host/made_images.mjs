// Images that tests make by ./elfin image, archives to make them of, and what is on them.
import { execFileSync, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { packHeader, packPadding, TAR_END } from '../../web/image/tar_writer.js';
import { BINARIES } from './binaries.mjs';

const TOOL = fileURLToPath(new URL('../../web/image/main.js', import.meta.url));
/** In which Elfin's tools and Debian's are found. */
export const ENV = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, ELFIN_BINARIES: fileURLToPath(BINARIES) };
export const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest('hex');

/** ./elfin image with these words. */
export function image(...argv) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [TOOL, ...argv], { env: ENV });
  return { status, out: stdout.toString(), err: stderr.toString() };
}

const BLANK = { mode: 0o644, uid: 0, gid: 0, mtime: 1e9, type: '0', linkName: '', major: 0, minor: 0, xattrs: {} };

/** A tar archive of entries: `content` is a file's. Names are bytes in latin1 strings. */
export function tarOf(...entries) {
  const pieces = [];
  for (const { content = '', ...entry } of entries) {
    const body = Buffer.from(content);
    pieces.push(packHeader({ ...BLANK, size: body.length, ...entry }), body, packPadding(body.length));
  }
  return Buffer.concat([...pieces, TAR_END]);
}
export const directory = (name, rest = {}) => ({ name, type: '5', mode: 0o755, ...rest });
export const link = (name, linkName) => ({ name, type: '2', mode: 0o777, linkName });

/** What is on a disk, as debugfs tells it: a line for each name. */
export function listDisk(disk) {
  const run = (command) => execFileSync('debugfs', ['-R', command, disk], { env: ENV, stdio: ['ignore', 'pipe', 'ignore'], encoding: 'latin1', maxBuffer: 64 << 20 });
  const found = {};
  const walk = (inode, prefix) => {
    for (const line of run(`ls -p <${inode}>`).split('\n')) {
      const [, number, mode, uid, gid, name, size] = line.split('/');
      if (number === undefined || name === '.' || name === '..' || (prefix === '' && name === 'lost+found')) continue;
      const stat = run(`stat <${number}>`);
      const one = (pattern) => pattern.exec(stat)?.[1];
      const entry = {
        mode: Number.parseInt(mode, 8), uid: Number(uid), gid: Number(gid),
        mtime: Number.parseInt(one(/^ *mtime: 0x([0-9a-f]+)/m), 16), links: Number(one(/^Links: (\d+)/m)), inode: number,
      };
      if (one(/^(?:Fast link dest: )"(.*)"/m) !== undefined) entry.target = one(/^Fast link dest: "(.*)"/m);
      if (one(/Device major\/minor number: (\S+)/) !== undefined) entry.device = one(/Device major\/minor number: (\S+)/);
      if ((entry.mode & 0o170000) === 0o100000) entry.hash = sha256(Buffer.from(run(`cat <${number}>`), 'latin1')), entry.size = Number(size);
      if (/Extended attributes:/.test(stat)) entry.attributes = run(`ea_list <${number}>`).split('\n').slice(1).join('\n').trim();
      found[prefix + name] = entry;
      if ((entry.mode & 0o170000) === 0o040000) walk(number, `${prefix}${name}/`);
    }
  };
  walk(2, '');
  return found;
}
