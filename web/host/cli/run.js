/** `elfin run`: one guest program on this process's streams; its exit status becomes ours. */
import { fs } from '../node/builtin.js';
import { ERRNO } from '../errno.js';
import { MountError, SpawnError } from '../errors.js';
import { Machine } from '../machine.js';
import { NodeBlockDevice } from '../node/node_block_device.js';
import { NodeFolder } from '../node/node_folder.js';
import { NodePlatform } from '../node/platform.js';
import { standardStreams } from '../node/standard_streams.js';
import { defaultTranslationFolder, TranslationFolder } from '../node/translation_folder.js';
import { DEFAULT_PATH, entryOf, userOf } from './image_entry.js';
import { parseRunOptions, UsageError } from './run_options.js';
import { isMissing, spawnAlongPath } from './spawn_along_path.js';

export const STATUS = Object.freeze({ timeout: 124, trouble: 125, noExec: 126, notFound: 127 });

/** What a terminal would send to all that it has started: to the program's process group. */
const GROUP_SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGHUP'];

/** One line on standard error, at once. */
function say(message) {
  try {
    fs.writeSync(2, `${message}\n`);
  } catch {
    // Nobody is there to read it.
  }
}

/** What a guest sees of our environment, and what --env adds. */
function guestEnvironment(added) {
  const { PATH = DEFAULT_PATH, HOME = '/', TERM = 'dumb', LANG } = process.env;
  return { PATH, HOME, TERM, ...(LANG === undefined ? {} : { LANG }), ...added };
}

/** Whether the guest has a tree of its own over this path; /tmp only while its root is read-only. */
function isHidden(path, writable) {
  const own = writable ? ['/proc', '/dev'] : ['/proc', '/dev', '/tmp'];
  return own.some((tree) => path === tree || path.startsWith(`${tree}/`));
}

/** Our own working directory as the guest sees it; / when that lies outside its tree. */
function guestDirectory(root, writable) {
  const realRoot = fs.realpathSync(root);
  const prefix = realRoot === '/' ? '' : realRoot;
  const here = process.cwd();
  if (here !== realRoot && !here.startsWith(`${prefix}/`)) return '/';
  const path = here.slice(prefix.length) || '/';
  return isHidden(path, writable) ? '/' : path;
}

function openRoot(directory, writable) {
  try {
    return new NodeFolder(directory, { writable });
  } catch (error) {
    throw new UsageError(`--root ${directory}: ${error.code ?? error.message}`);
  }
}

function openDevice(option, path, open) {
  try {
    return open();
  } catch (error) {
    const reason = error.name === 'DiskLockedError' ? error.message : error.code ?? error.message;
    throw new UsageError(`${option} ${path}: ${reason}`);
  }
}

/** A file, or something of a web server; the modules for that are loaded when they are needed. */
async function openImageOf(name) {
  if (!/^https?:\/\//i.test(name)) return openDevice('--image', name, () => new NodeBlockDevice(name));
  const { openImage } = await import('../images/open_image.js');
  try {
    return await openImage(name, { report: (message) => say(`elfin: ${message}`) });
  } catch (error) {
    throw new UsageError(`--image ${name}: ${error.message}`);
  }
}

async function openOverlay(name) {
  const { openOverlayFile } = await import('../node/overlay_file.js');
  return openDevice('--overlay', name, () => openOverlayFile(name, { writable: true, create: true }));
}

/** What becomes the guest's /. */
async function rootMount({ root, image, overlay, writable }) {
  if (image === undefined) return { folder: openRoot(root, writable), readOnly: !writable };
  return {
    image: await openImageOf(image),
    overlay: overlay && await openOverlay(overlay),
  };
}

function spawnStatus(error) {
  if (isMissing(error)) return STATUS.notFound;
  // A file can ask for more memory than there is (126, as in a shell); EAGAIN is the engine's refusal.
  return error.errno === ERRNO.EAGAIN ? STATUS.trouble : STATUS.noExec;
}

function writeStats(file, machine, options, elapsedMs) {
  const counters = machine.stats();
  const seconds = elapsedMs / 1000;
  const { user, system } = process.cpuUsage();
  const stats = {
    ...counters,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    guestInstructionsPerSecond: Math.round(counters.guestInstructions / seconds),
    residentBytes: process.memoryUsage.rss(),
    tiers: counters.translation ? ['interpreter', 'translator'] : ['interpreter'],
  };
  fs.writeFileSync(file, `${JSON.stringify(stats, null, 2)}\n`);
}

/** Writes each translated module as NNNN.wasm. */
function moduleWriter(directory) {
  fs.mkdirSync(directory, { recursive: true });
  return (index, module, batch) => {
    const name = `${directory}/${String(index).padStart(4, '0')}`;
    fs.writeFileSync(`${name}.wasm`, module);
    fs.writeFileSync(`${name}.batch`, batch);
  };
}

/** Where translations stay from one run to the next. */
function translationStore(wish) {
  const directory = wish ?? defaultTranslationFolder(process.env);
  return directory === undefined || directory === 'off' ? undefined : new TranslationFolder(directory);
}

/** The program's exit status, once it has ended or the time is over. */
async function waitFor(machine, guest, timeout) {
  for (const signal of GROUP_SIGNALS) process.on(signal, () => machine.kill(-guest.pid, signal));
  process.on('SIGTERM', () => guest.kill('SIGTERM'));
  let timedOut = false;
  const timer = timeout && setTimeout(() => {
    timedOut = true;
    guest.kill('SIGKILL');
  }, timeout * 1000);
  const status = await guest.wait();
  clearTimeout(timer);
  if (timedOut) {
    say(`elfin: killed after ${timeout} s`);
    return STATUS.timeout;
  }
  if (status.message) say(`elfin: ${status.message}`);
  return status.code;
}

/** What runs, whose, where and in what environment, in the host's tree. */
function inFolder({ program, arguments: args, root, writable, env, cwd, uid }) {
  return {
    command: [program, ...args],
    env: guestEnvironment(env),
    cwd: cwd ?? guestDirectory(root, writable),
    uid: uid ?? process.getuid(),
    gid: uid ?? process.getgid(),
  };
}

/** The same in an image, which may have wishes; without a program on the command line it names one. */
async function inImage(machine, device, options) {
  const entry = entryOf(device, options.image);
  const command = options.program === undefined ? entry.args : [options.program, ...options.arguments];
  if (!command?.length) throw new UsageError('no program given, and the image names none');
  const { uid, gid } = options.uid === undefined
    ? await userOf(machine, entry.user)
    : { uid: options.uid, gid: options.uid };
  return {
    command,
    env: guestEnvironment({ ...entry.env, ...options.env }),
    cwd: options.cwd ?? entry.cwd ?? '/',
    uid,
    gid,
  };
}

async function runProgram(options, binaries) {
  const mount = await rootMount(options);
  if (options.writable) process.umask(0); // the guest's own umask counts
  const started = performance.now();
  const platform = new NodePlatform({ directory: binaries, report: say });
  if ((options.jit ?? 'off') !== 'off' && !platform.hasTranslator()) {
    throw new UsageError(`--jit ${options.jit}: jit.wasm is not there; ./elfin setup builds it`);
  }
  const machine = await Machine.create({
    platform,
    mounts: { '/': mount },
    strace: options.strace,
    jit: options.jit,
    jitThreshold: options.jitThreshold,
    jitDump: options.jitDump && moduleWriter(options.jitDump),
    translations: translationStore(options.jitCache),
    strict: options.strict,
  });
  const { command, ...settings } = options.image
    ? await inImage(machine, mount.image, options)
    : inFolder(options);
  const guest = await spawnAlongPath(machine, command, {
    ...settings,
    argv0: command[0],
    ...standardStreams(),
  });
  const status = await waitFor(machine, guest, options.timeout);
  if (options.image) await machine.stop();
  if (options.stats) writeStats(options.stats, machine, options, performance.now() - started);
  return status;
}

/**
 * @param {string[]} argv what follows `run`
 * @param {URL} binaries where cpu.wasm and kernel.wasm are
 * @returns {Promise<number>} our exit status
 */
export async function run(argv, binaries) {
  try {
    return await runProgram(parseRunOptions(argv, process.env), binaries);
  } catch (error) {
    if (error instanceof UsageError) {
      say(`elfin: ${error.message}`);
      return STATUS.trouble;
    }
    if (error instanceof MountError) {
      say(`elfin: ${error.message}`);
      return STATUS.trouble;
    }
    if (error instanceof SpawnError) {
      say(`elfin: ${error.message}`);
      return spawnStatus(error);
    }
    say(`elfin: internal error: ${error?.stack ?? error}`);
    return STATUS.trouble;
  }
}
