/**
 * The small image: bash, bc and busybox's tools, for tests and for a first start that takes no time.
 * Debian's packages without what they don't need to run.
 */
import fs from 'node:fs';
import path from 'node:path';
import { addPackages } from '../debian_packages.js';
import { runTool } from '../tool.js';

export const size = '256M';

const PACKAGES = ['libc6', 'libc-bin', 'libtinfo6', 'libreadline8', 'ncurses-base', 'bash', 'bc', 'busybox'];

const UNWANTED = new RegExp([
  '^usr/share/(doc|man|info|locale|lintian|bug|doc-base|initramfs-tools|menu|tabset)(/|$)',
  '/gconv(/|$)',
  '/(libmvec|libtic|libhistory|libthread_db|libnsl|libBrokenLocale|libpcprofile|libmemusage)\\.so',
  '^(usr/)?s?bin/(ldconfig|localedef|iconv|iconvconfig|zic|locale|getconf|pldd|zdump|tzselect)$',
  '^usr/share/libc-bin(/|$)',
].join('|'));

/** Terminals that pages and their users have. */
const TERMINALS = /^(xterm|xterm-256color|xterm-color|linux|screen|screen-256color|tmux|tmux-256color|dumb|vt100|ansi)$/;

function wanted(file) {
  if (UNWANTED.test(file)) return false;
  const terminal = /(?:^|\/)terminfo\/.\/(.*)$/.exec(file)?.[1];
  return terminal === undefined || TERMINALS.test(terminal);
}

const MERGED = ['bin', 'sbin', 'lib', 'lib64'];
const DIRECTORIES = {
  'dev': 0o755, 'proc': 0o555, 'sys': 0o555, 'run': 0o755, 'mnt': 0o755, 'srv': 0o755, 'tmp': 0o1777,
  'var/tmp': 0o1777, 'root': 0o700,
};

const FILES = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nuser:x:1000:1000:user:/home/user:/bin/bash\n' +
    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  'etc/group': 'root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n',
  'etc/hostname': 'elfin\n',
  'etc/hosts': '127.0.0.1 localhost elfin\n',
  'etc/shells': '/bin/sh\n/bin/bash\n',
  'etc/profile': "export LANG=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin\nPS1='\\u@\\h:\\w\\$ '\n" +
    "alias ls='ls --color=auto' ll='ls -l'\n",
};

/** A name for each of busybox's tools that no other package brings. */
function linkTools(tree, folder) {
  const busybox = tree.find('usr/bin/busybox').body;
  const program = path.join(folder, 'busybox');
  const bytes = Buffer.alloc(busybox.size);
  const descriptor = fs.openSync(busybox.file, 'r');
  fs.readSync(descriptor, bytes, 0, bytes.length, busybox.offset);
  fs.closeSync(descriptor);
  fs.writeFileSync(program, bytes, { mode: 0o755 });
  for (const tool of runTool(program, ['--list-full']).toString().trim().split('\n')) {
    if (tool.includes('/') && tree.find(tool) === undefined) tree.put(tool, { type: '2', target: '/bin/busybox' });
  }
}

/** @param {import('../tree.js').Tree} tree */
export function fill(tree, folder) {
  const directory = (name, mode) => ({ name, mode, type: '5', uid: 0, gid: 0, mtime: 0, xattrs: {} });
  for (const name of MERGED) tree.add([directory(`usr/${name}`, 0o755)], '');
  for (const name of MERGED) tree.put(name, { type: '2', target: `usr/${name}` });
  addPackages(tree, PACKAGES, folder, wanted);
  for (const [name, mode] of Object.entries(DIRECTORIES)) tree.add([directory(name, mode)], '');
  tree.add([{ ...directory('home/user', 0o755), uid: 1000, gid: 1000 }], '');
  for (const [name, text] of Object.entries(FILES)) {
    const content = Buffer.from(text);
    tree.put(name, { type: '0', mode: 0o644, body: { bytes: content, size: content.length } });
  }
  tree.remove('usr/bin/sh');
  tree.put('usr/bin/sh', { type: '2', target: 'bash' });
  linkTools(tree, folder);
  const time = tree.newestTime();
  for (const { node } of tree.walk()) node.mtime ||= time; // what no package has brought
  return { args: ['/bin/bash', '--login'], env: { HOME: '/root', LANG: 'C.UTF-8' }, cwd: '/root' };
}
