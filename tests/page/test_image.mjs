// A small disk out of programs of this machine: bash, GNU bc, busybox for the rest.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const DYNAMIC = ['bash', 'bc'];
const BUSYBOX = '/bin/busybox';
const APPLETS = [
  'cat', 'chmod', 'clear', 'cp', 'date', 'dd', 'echo', 'env', 'false', 'grep', 'head', 'hexdump', 'id', 'kill', 'less', 'ls',
  'md5sum', 'mkdir', 'mv', 'ps', 'rm', 'sed', 'seq', 'sh', 'sha256sum', 'sleep', 'sort', 'stty', 'sync', 'tail', 'top', 'true',
  'tty', 'uname', 'vi', 'wc', 'wget', 'yes',
];
const TERMINFO = ['/lib/terminfo/x', '/usr/share/terminfo/x', '/etc/terminfo/x'];
const SIZE = '48M';
/** Of ~/untouched: something that nobody reads unless a test wants it. */
export const UNTOUCHED = Buffer.from(Array.from({ length: 1 << 19 }, (_, i) => (i * i * 31) >> 7));
const PROFILE = 'PS1=\'\\w \\$ \'\n';

function which(name) {
  return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
}

function sharedObjects(program) {
  const listing = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...listing.matchAll(/(?:^|=>)\s*(\/\S+) \(0x/gm)].map((match) => match[1]);
}

/** @returns {string} the path of an ext4 image in `scratch` */
export function makeTestImage(scratch) {
  const root = path.join(scratch, 'root');
  const at = (name) => path.join(root, name);
  for (const folder of ['usr/bin', 'usr/lib', 'etc', 'root', 'tmp', 'proc', 'dev', 'usr/share/terminfo/x']) {
    fs.mkdirSync(at(folder), { recursive: true });
  }
  fs.symlinkSync('usr/bin', at('bin'));
  fs.symlinkSync('usr/lib', at('lib'));
  for (const name of DYNAMIC) {
    const program = which(name);
    fs.copyFileSync(program, at(`usr/bin/${name}`));
    for (const object of sharedObjects(program)) {
      fs.mkdirSync(path.dirname(at(object)), { recursive: true });
      fs.copyFileSync(object, at(object));
    }
  }
  fs.copyFileSync(BUSYBOX, at('usr/bin/busybox'));
  for (const name of APPLETS) fs.symlinkSync('busybox', at(`usr/bin/${name}`));
  const described = TERMINFO.map((folder) => `${folder}/xterm-256color`).find((file) => fs.existsSync(file));
  if (described) fs.copyFileSync(described, at('usr/share/terminfo/x/xterm-256color'));
  fs.writeFileSync(at('etc/passwd'), 'root:x:0:0:root:/root:/bin/bash\n');
  fs.writeFileSync(at('etc/group'), 'root:x:0:\n');
  fs.writeFileSync(at('etc/profile'), PROFILE);
  fs.writeFileSync(at('root/untouched'), UNTOUCHED);
  const image = path.join(scratch, 'test.img');
  execFileSync('mke2fs', ['-q', '-t', 'ext4', '-b', '4096', '-d', root, image, SIZE], { stdio: ['ignore', 'ignore', 'inherit'] });
  return image;
}
