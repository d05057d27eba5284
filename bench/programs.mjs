// Programs of this machine: where they are, and which ones exactly.
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {accessSync, constants, readFileSync, realpathSync} from 'node:fs';

const folders = ['/usr/bin', '/bin', '/usr/sbin', '/sbin']; // Debian's, not what PATH has before them

// → the program's path; undefined when it isn't there
export function findProgram(name) {
  const candidates = name.includes('/') ? [name] : folders.map((folder) => `${folder}/${name}`);
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

// What a row says whose program isn't there; nothing when it is.
export function missing(name, debianPackage) {
  return findProgram(name) ? undefined : `${name} is not installed (Debian package ${debianPackage})`;
}

// There may be several programs of a name, which differ by a factor of twenty.
// `versionWords` make it tell its version. → {file, version, sha256}
export function identify(file, versionWords) {
  const version = execFileSync(file, versionWords, {encoding: 'utf8'}).split('\n')[0];
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  return {file: realpathSync(file), version, sha256};
}

// The absolute paths of the shared objects that a program loads; none for a static one.
export function sharedObjects(program) {
  try {
    const listing = execFileSync('ldd', [program], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']});
    return [...listing.matchAll(/(?:^|=>)\s*(\/\S+) \(0x/gm)].map((match) => match[1]);
  } catch {
    return [];
  }
}
