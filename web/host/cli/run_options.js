/** The command line of `elfin run`. */

export class UsageError extends Error {}

/** Name → how its value is read and where it goes. */
const OPTIONS = {
  '--root': { value: true, set: (options, value) => void (options.root = value) },
  '--rw': { set: (options) => void (options.writable = true) },
  '--env': { value: true, set: setVariable },
  '--cwd': { value: true, set: (options, value) => void (options.cwd = value) },
  '--uid': { value: true, set: (options, value) => void (options.uid = parseUid(value)) },
  '--jit': { value: true, set: setTiers },
  '--jit-threshold': { value: true, set: (options, value) => void (options.jitThreshold = parseCount(value)) },
  '--jit-cache': { value: true, set: (options, value) => void (options.jitCache = value) },
  '--jit-dump': { value: true, set: (options, value) => void (options.jitDump = value) },
  '--strace': { set: (options) => void (options.strace = true) },
  '--strict': { set: (options) => void (options.strict = true) },
  '--stats': { value: true, set: (options, value) => void (options.stats = value) },
  '--timeout': { value: true, set: (options, value) => void (options.timeout = parseTime(value)) },
  '--image': { value: true, set: (options, value) => void (options.image = value) },
  '--overlay': { value: true, set: (options, value) => void (options.overlay = value) },
};

function setVariable(options, value) {
  const equals = value.indexOf('=');
  if (equals <= 0) throw new UsageError(`--env wants NAME=VALUE, not '${value}'`);
  options.env[value.slice(0, equals)] = value.slice(equals + 1);
}

function setTiers(options, value) {
  if (!['on', 'off', 'sync'].includes(value)) {
    throw new UsageError(`--jit is on, off or sync, not '${value}'`);
  }
  options.jit = value;
}

function parseCount(value) {
  const count = Number(value);
  if (!/^\d+$/.test(value) || count > 0xffffffff) {
    throw new UsageError(`--jit-threshold wants a number, not '${value}'`);
  }
  return count;
}

/** ELFIN_JIT=MODE[:THRESHOLD]: what holds without --jit and --jit-threshold, for runs of many tests. */
function setDefaultTiers(options, value) {
  const [mode, threshold] = value.split(':');
  setTiers(options, mode);
  if (threshold !== undefined) options.jitThreshold = parseCount(threshold);
}

function parseUid(value) {
  const uid = Number(value);
  if (!/^\d+$/.test(value) || uid > 0xfffffffe) {
    throw new UsageError(`--uid wants a user number, not '${value}'`);
  }
  return uid;
}

function parseTime(value) {
  const seconds = Number(value);
  if (!(seconds > 0 && seconds < 2e6)) {
    throw new UsageError(`--timeout wants a number of seconds, not '${value}'`);
  }
  return seconds;
}

/**
 * @param {string[]} argv what follows `run`
 * @param {Record<string, string | undefined>} environment ELFIN_JIT and ELFIN_JIT_CACHE count
 * @returns {{root?: string, image?: string, overlay?: string, writable: boolean, env: Record<string, string>, cwd?: string, uid?: number,
 *   jit?: string, jitThreshold?: number, jitCache?: string, jitDump?: string, strace: boolean,
 *   strict: boolean, stats?: string, timeout?: number, program?: string, arguments: string[]}}
 *   `program`: without it, what the image was made to run; `jitCache`: a folder, or 'off'
 * Throws UsageError.
 */
export function parseRunOptions(argv, environment = {}) {
  const options = { writable: false, env: {}, jit: undefined, strace: false, strict: false };
  if (environment.ELFIN_JIT) setDefaultTiers(options, environment.ELFIN_JIT);
  if (environment.ELFIN_JIT_CACHE) options.jitCache = environment.ELFIN_JIT_CACHE;
  let at = 0;
  for (; at < argv.length && argv[at].startsWith('-') && argv[at] !== '-'; at++) {
    if (argv[at] === '--') {
      at++;
      break;
    }
    const [name, inline] = splitOnce(argv[at]);
    const option = OPTIONS[name];
    if (option === undefined) throw new UsageError(`unknown option '${argv[at]}'`);
    if (!option.value && inline !== undefined) throw new UsageError(`${name} takes no value`);
    const value = option.value ? (inline ?? argv[++at]) : undefined;
    if (option.value && value === undefined) throw new UsageError(`${name} wants a value`);
    option.set(options, value);
  }
  if (options.root === undefined && options.image === undefined) {
    throw new UsageError("no file tree given: --root DIR or --image FILE makes the guest's /");
  }
  if (at >= argv.length && options.image === undefined) {
    throw new UsageError('no program given: elfin run --root DIR -- PROGRAM');
  }
  if (options.root !== undefined && options.image !== undefined) {
    throw new UsageError('--root and --image: only one of them can be /');
  }
  if (options.overlay !== undefined && options.image === undefined) {
    throw new UsageError('--overlay goes with --image');
  }
  return { ...options, program: argv[at], arguments: argv.slice(at + 1) };
}

function splitOnce(word) {
  const equals = word.indexOf('=');
  return equals < 0 ? [word] : [word.slice(0, equals), word.slice(equals + 1)];
}
