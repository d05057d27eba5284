/**
 * A folder of the machine under Node as a HostFolder. All calls are synchronous, and none follows a
 * symbolic link in the last component: the kernel resolves links inside the guest's own tree, so that
 * none leads out of the folder. Names are bytes; they need not be UTF-8.
 *
 * Not done: a process of the host's that swaps a directory for a link between two calls of ours can
 * redirect the second (Node has no openat).
 */
import { fs } from './builtin.js';

/** Linux x86-64 open flags, as the kernel passes them. */
const O_ACCMODE = 0o3;
const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;
/** DT_* of dirent.h is bits 12 to 15 of st_mode. */
const typeOfMode = (mode) => (mode >> 12) & 0o17;

const { constants } = fs;
const SLASH = Buffer.from('/');

/** A refusal, in the form of Node's own errors. */
function refuse(code) {
  return Object.assign(new Error(code), { code });
}

function toHostStat(stat) {
  return {
    mode: Number(stat.mode),
    nlink: Number(stat.nlink),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    device: stat.dev,
    rdev: stat.rdev,
    inode: stat.ino,
    size: stat.size,
    blocks: stat.blocks,
    atimeNs: stat.atimeNs,
    mtimeNs: stat.mtimeNs,
    ctimeNs: stat.ctimeNs,
  };
}

/** The host's numbers for the kernel's open flags. */
function hostFlags(flags) {
  const access = [constants.O_RDONLY, constants.O_WRONLY, constants.O_RDWR][flags & O_ACCMODE];
  if (access === undefined) throw refuse('EINVAL');
  return (
    access |
    (flags & O_CREAT ? constants.O_CREAT : 0) |
    (flags & O_EXCL ? constants.O_EXCL : 0) |
    (flags & O_TRUNC ? constants.O_TRUNC : 0) |
    constants.O_NOFOLLOW |
    constants.O_NONBLOCK // a FIFO without a partner must not stop the machine
  );
}

/** Seconds for Node's utimes: the only form it takes, exact to about 200 ns. */
const toSeconds = (nanoseconds) =>
  Number(nanoseconds / 1000000000n) + Number(nanoseconds % 1000000000n) / 1e9;

export class NodeFolder {
  /**
   * @param {string} directory
   * @param {{writable?: boolean}} [options] read-only unless writable
   */
  constructor(directory, { writable = false } = {}) {
    const root = fs.realpathSync(directory, { encoding: 'buffer' });
    this.root = root.equals(SLASH) ? Buffer.alloc(0) : root;
    if (!fs.statSync(root).isDirectory()) throw refuse('ENOTDIR');
    this.writable = writable;
    /** Open descriptors: the kernel can name no others. */
    this.handles = new Set();
  }

  path(relative) {
    if (relative.includes(0)) throw refuse('EINVAL');
    return Buffer.concat([this.root, SLASH, relative]);
  }

  /** The path of something about to be changed. */
  writablePath(relative) {
    if (!this.writable) throw refuse('EROFS');
    return this.path(relative);
  }

  descriptor(handle) {
    if (!this.handles.has(handle)) throw refuse('EBADF');
    return handle;
  }

  stat(relative) {
    const stat = fs.lstatSync(this.path(relative), { bigint: true, throwIfNoEntry: false });
    if (stat === undefined) {
      // Node says so for ENOTDIR too; the kernel has seen the parent, so one of the two is a race.
      throw refuse('ENOENT');
    }
    return toHostStat(stat);
  }

  readLink(relative) {
    return fs.readlinkSync(this.path(relative), { encoding: 'buffer' });
  }

  list(relative) {
    const path = this.path(relative);
    const entries = [];
    for (const name of fs.readdirSync(path, { encoding: 'buffer' })) {
      const full = Buffer.concat([path, SLASH, name]);
      const stat = fs.lstatSync(full, { bigint: true, throwIfNoEntry: false });
      if (stat === undefined) continue; // gone meanwhile
      entries.push({ name, inode: stat.ino, type: typeOfMode(Number(stat.mode)) });
    }
    return entries;
  }

  open(relative, flags, mode) {
    const changes = (flags & O_ACCMODE) !== 0 || (flags & (O_CREAT | O_TRUNC)) !== 0;
    const path = changes ? this.writablePath(relative) : this.path(relative);
    const handle = fs.openSync(path, hostFlags(flags), mode);
    if (!fs.fstatSync(handle).isFile()) {
      fs.closeSync(handle);
      throw refuse('ENXIO'); // devices and FIFOs are the guest kernel's own
    }
    this.handles.add(handle);
    return handle;
  }

  close(handle) {
    this.descriptor(handle);
    this.handles.delete(handle);
    fs.closeSync(handle);
  }

  statHandle(handle) {
    return toHostStat(fs.fstatSync(this.descriptor(handle), { bigint: true }));
  }

  read(handle, offset, to) {
    return fs.readSync(this.descriptor(handle), to, 0, to.length, offset);
  }

  write(handle, offset, from) {
    return fs.writeSync(this.descriptor(handle), from, 0, from.length, offset);
  }

  truncate(handle, size) {
    fs.ftruncateSync(this.descriptor(handle), size);
  }

  sync(handle) {
    fs.fsyncSync(this.descriptor(handle));
  }

  makeDirectory(relative, mode) {
    fs.mkdirSync(this.writablePath(relative), { mode });
  }

  remove(relative) {
    fs.unlinkSync(this.writablePath(relative));
  }

  removeDirectory(relative) {
    fs.rmdirSync(this.writablePath(relative));
  }

  rename(from, to) {
    fs.renameSync(this.writablePath(from), this.writablePath(to));
  }

  link(from, to) {
    fs.linkSync(this.writablePath(from), this.writablePath(to));
  }

  symlink(target, relative) {
    fs.symlinkSync(Buffer.from(target), this.writablePath(relative));
  }

  changeMode(relative, mode) {
    const path = this.writablePath(relative);
    if (fs.lstatSync(path).isSymbolicLink()) throw refuse('EOPNOTSUPP');
    fs.chmodSync(path, mode);
  }

  changeOwner(relative, uid, gid) {
    fs.lchownSync(this.writablePath(relative), uid, gid);
  }

  setTimes(relative, atimeNs, mtimeNs) {
    fs.lutimesSync(this.writablePath(relative), toSeconds(atimeNs), toSeconds(mtimeNs));
  }
}
