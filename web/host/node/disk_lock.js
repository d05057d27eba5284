/**
 * One user at a time of a file that is written to as a disk: FILE.lock names the process that has it. One
 * whose process has gone is taken over.
 */
import { fs } from './builtin.js';

/** Somebody else has it. */
export class DiskLockedError extends Error {
  constructor(file, pid) {
    super(`${file} is in use by process ${pid}`);
    this.name = 'DiskLockedError';
    this.code = 'EBUSY';
  }
}

/** When a process began, in the kernel's ticks: tells it from another that has got its number. */
function beginOf(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Who has it: undefined where nobody alive has. */
function holderOf(lock) {
  let text;
  try {
    text = fs.readFileSync(lock, 'latin1');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
  const [pid, begin] = text.trim().split(' ');
  return begin !== undefined && beginOf(pid) === begin ? pid : undefined;
}

/** Removes a lock that nobody has; one that somebody took meanwhile is put back. */
function takeAway(lock, aside) {
  try {
    fs.renameSync(lock, aside);
    if (holderOf(aside) !== undefined) fs.linkSync(aside, lock);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

/**
 * @param {string} file
 * @returns {() => void} lets go of it; so does this process's end
 * Throws DiskLockedError, and what node:fs throws.
 */
export function lockDisk(file) {
  const lock = `${file}.lock`;
  const mine = `${lock}.${process.pid}`;
  fs.writeFileSync(mine, `${process.pid} ${beginOf(process.pid)}\n`);
  try {
    for (;;) {
      try {
        fs.linkSync(mine, lock); // whole, and by one process only
        break;
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
        const holder = holderOf(lock);
        if (holder !== undefined) throw new DiskLockedError(file, holder);
        takeAway(lock, `${mine}.old`);
      }
    }
  } finally {
    fs.rmSync(mine, { force: true });
  }
  const release = () => {
    process.off('exit', release);
    fs.rmSync(lock, { force: true });
  };
  process.on('exit', release);
  return release;
}
