// The rows for which CheerpX's makers publish times native, in Chrome: our own programs of the same kinds, so
// that the figures beside them tell an order of magnitude, no more.
import {existsSync} from 'node:fs';

import {guestCommands} from '../guests.mjs';
import {script, textOf} from '../inputs.mjs';
import {findProgram, missing} from '../programs.mjs';

export const published = {
  name: 'published',
  title: 'of the kinds for which CheerpX’s makers publish figures',
  rows: ({quick}) => {
    const size = (full, brief) => (quick ? brief : full);
    return [
      ours('fasta', 2.4, size(2000000, 20000)),
      {name: 'lzma', title: 'lzma', published: 3.4, missing: missing('xz', 'xz-utils'),
       command: [findProgram('xz'), '--format=lzma', '-c', '-T1'], input: textOf(size(20000, 500))},
      ours('zlib', 1.9, size(60, 1), {header: 'zlib.h', debianPackage: 'zlib1g-dev', libraries: ['z']}),
      ours('primes', 2.4, size(3000000, 100000)),
      ours('box2d', 19, size(400, 5), {header: 'box2d/box2d.h', debianPackage: 'libbox2d-dev', libraries: ['box2d'],
                                       language: 'cc', dynamic: true}),
      {name: 'binary-trees', title: 'CPython: binary trees', published: 8.7, missing: missing('python3', 'python3'),
       command: [findProgram('python3'), '-I', '-', `${size(13, 6)}`], input: script('binary_trees.py'), browser: false},
      {name: 'node-n-body', title: 'Node: n-body', published: 8.2, needs: ['threads', 'epoll'], browser: false,
       command: [process.execPath, '-', `${size(2000000, 1000)}`], input: script('n_body.js')},
    ];
  },
};

function ours(name, figure, size, {header, debianPackage, ...options} = {}) {
  const about = {name, title: name, published: figure};
  if (header && !existsSync(`/usr/include/${header}`)) {
    return {...about, missing: `${header} is not installed (Debian package ${debianPackage})`};
  }
  return {...about, ...guestCommands(`published/${name}`, [`${size}`], options)};
}
