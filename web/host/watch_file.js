/** Watching files of the guest by looking at them, twice a second. `files` is a MachineFiles, or has its methods. */

const INTERVAL_MS = 500;
/** Of a directory's entries, so many are looked at; of more, only whether they are there. */
const MOST_ENTRIES = 1000;

const signOf = ({ type, inode, size, mode, uid, gid, modified, changed }) =>
  `${type} ${inode} ${size} ${mode} ${uid} ${gid} ${modified.getTime()} ${changed.getTime()}`;
/** Of a directory itself: that something in it comes or goes is told of that. */
const signOfDirectory = ({ type, inode, mode, uid, gid }) => `${type} ${inode} ${mode} ${uid} ${gid}`;

/** What tells the state of a file, or of a directory and what is in it, from another: path → text. */
async function look(files, path) {
  const signs = new Map();
  const stat = await files.stat(path);
  if (stat.type !== 'directory') return signs.set(path, signOf(stat));
  signs.set(path, signOfDirectory(stat));
  for (const [index, { name, type }] of (await files.readdir(path)).entries()) {
    const child = `${path === '/' ? '' : path}/${name}`;
    const isLookedAt = index < MOST_ENTRIES && type !== 'directory';
    signs.set(child, isLookedAt ? await files.lstat(child).then(signOf, () => type) : type);
  }
  return signs;
}

/**
 * Calls back with the path of what has changed, appeared or gone: of the file, or of the directory's entries.
 * @returns {() => void} ends it; so does the machine's end
 */
export function watchFile(files, path, callback) {
  let timer;
  let hasEnded = false;
  const again = (last) => {
    if (hasEnded) return;
    timer = setTimeout(async () => {
      const now = await look(files, path).catch((error) => (error.name === 'MachineError' ? undefined : new Map()));
      if (now === undefined) return;
      for (const changed of new Set([...now.keys(), ...last.keys()])) {
        if (!hasEnded && now.get(changed) !== last.get(changed)) callback(changed);
      }
      again(now);
    }, INTERVAL_MS);
    timer.unref?.(); // whoever waits for the guest holds the process
  };
  look(files, path).catch(() => new Map()).then(again);
  return () => {
    hasEnded = true;
    clearTimeout(timer);
  };
}
