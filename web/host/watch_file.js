/** Watching a file of the guest by looking at it: the same for a machine here and one in a worker. */

const INTERVAL_MS = 500;

/**
 * Calls back after a file or directory has changed, appeared or gone; it looks twice a second.
 * @param {{stat: (path: string) => Promise<object>}} files
 * @returns {() => void} ends it
 */
export function watchFile(files, path, callback) {
  const look = () => files.stat(path).then(
    ({ inode, size, mode, changed }) => `${inode} ${size} ${mode} ${changed.getTime()}`, () => 'none');
  let last;
  const timer = setInterval(async () => {
    const now = await look();
    if (last !== undefined && now !== last) callback(path);
    last = now;
  }, INTERVAL_MS);
  return () => clearInterval(timer);
}
