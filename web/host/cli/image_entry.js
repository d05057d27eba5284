/** What an image was made to run (images/FORMAT.md, `entry`), as options of a spawn. */
import { fs } from '../node/builtin.js';
import { UsageError } from './run_options.js';

export const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Of a chunked image, its manifest's; of a file, what lies beside it. */
export function entryOf(device, name) {
  if (device.entry) return device.entry;
  try {
    return JSON.parse(fs.readFileSync(`${name}.json`, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENAMETOOLONG') return {};
    throw new UsageError(`${name}.json: ${error.message}`);
  }
}

/** The variables that go with it; a path there is always. */
export const entryEnvironment = ({ env } = {}) => ({ PATH: DEFAULT_PATH, HOME: '/', ...env });

/** A field of the line that begins with `name`, or whose third field is that number. */
async function look(machine, file, name) {
  const text = new TextDecoder().decode(await machine.fs.readFile(file));
  const line = text.split('\n').map((each) => each.split(':')).find(([first]) => first === name);
  if (line === undefined) throw new UsageError(`the image's user or group '${name}' is not in its ${file}`);
  return line;
}

/**
 * @param {string | undefined} user a name or number, with `:group` where need be
 * @returns {Promise<{uid: number, gid: number}>} Throws UsageError.
 */
export async function userOf(machine, user = '0') {
  const [name, group] = user.split(':');
  const isNumber = (text) => /^\d+$/.test(text);
  const [, , uid, primary] = isNumber(name) ? [name, '', name, '0'] : await look(machine, '/etc/passwd', name);
  if (group === undefined) return { uid: Number(uid), gid: Number(primary) };
  const gid = isNumber(group) ? group : (await look(machine, '/etc/group', group))[2];
  return { uid: Number(uid), gid: Number(gid) };
}
