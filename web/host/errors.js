/**
 * What can go wrong, as classes; and how an error goes from a worker to its page and is of the same class there. Sentences
 * say what happened and, where there is something to do about it, what. Types and contracts: errors.d.ts.
 */
import { describeErrno, nameOfErrno } from './errno_text.js';

/** Of whatever has Linux's number. */
class NumberedError extends Error {
  constructor(sentence, errno) {
    super(sentence);
    this.errno = errno;
    this.code = nameOfErrno(errno);
  }
}

const FILE_ADVICE = Object.freeze({
  EROFS: 'it is mounted to be read only: mount it without readOnly, or give the disk an overlay',
  ENOSPC: 'remove something first',
  EIO: 'a part of it can\'t be fetched or written now; trying again may help',
  EFBIG: 'read it in pieces, by readPieces or with offset and length',
  ENOTEMPTY: 'remove() takes what is in it, too',
  EISDIR: 'readdir() lists it, remove() takes it away',
});

/** What went wrong with a file of the machine. */
export class FileError extends NumberedError {
  constructor(path, errno) {
    const name = typeof path === 'string' ? path : new TextDecoder().decode(path);
    const advice = FILE_ADVICE[nameOfErrno(errno)];
    super(`${name}: ${describeErrno(errno)}${advice ? `; ${advice}` : ''}`, errno);
    this.name = 'FileError';
    this.path = name;
  }
}

/** A program that could not be started. */
export class SpawnError extends NumberedError {
  constructor(path, errno, sentence) {
    super(`${path}: ${sentence}`, errno);
    this.name = 'SpawnError';
    this.path = path;
  }
}

/** What was tried → by the error's name, why it failed and what to do. */
const MOUNT_REASONS = Object.freeze({
  'mounting the image on': {
    EINVAL: 'it is no ext2, ext3 or ext4 image, or needs what is not supported: make one with `elfin image` or `mke2fs -t ext4`',
    EUCLEAN: 'it is damaged: e2fsck may mend a copy of it',
    ESTALE: 'what was written belongs to another image, or the image has changed since: use the image that it was made for, or ' +
      'begin with an empty overlay',
    EROFS: 'its journal has to be applied first: mount it without readOnly',
    EIO: 'a part of it can\'t be read now; trying again may help',
  },
  'mounting on': {
    ENOENT: 'the machine has no such directory: machine.fs.mkdir makes it',
    ENOTDIR: 'that is no directory: choose one that is, or make it with machine.fs.mkdir',
  },
  unmounting: {
    EBUSY: 'a program has a file open or its working directory there: end it first, machine.processes() tells which there are',
    ENOENT: 'the machine has no such directory',
    EINVAL: 'no folder is mounted there',
  },
});

/** A disk or folder that could not be mounted or unmounted. */
export class MountError extends NumberedError {
  /** @param {'mounting the image on' | 'mounting on' | 'unmounting'} what */
  constructor(what, target, errno) {
    const name = nameOfErrno(errno);
    const reason = MOUNT_REASONS[what][name];
    super(`${what} ${target} failed: ${reason ? `${reason} (${name})` : describeErrno(errno)}`, errno);
    this.name = 'MountError';
    this.path = target;
  }
}

/** A file that is no archive, is cut off, or leads out of its folder. */
export class ArchiveError extends Error {
  name = 'ArchiveError';
}

/** Another tab of this browser has the disk. */
export class DiskBusyError extends Error {
  constructor(disk) {
    super(`the disk "${disk}" is in use by another tab or machine: stop that one first, or use another name`);
    this.name = 'DiskBusyError';
  }
}

/**
 * A disk's image that can't be had from its server, or not all of it; becomes EIO in the guest. `passing`: it may go better
 * next time; `standstill`: nothing came for long, as where a network swallows everything; `noRanges`: the server is a good
 * one otherwise.
 */
export class ImageError extends Error {
  constructor(message, { passing = false, standstill = false, noRanges = false, cause } = {}) {
    super(message, { cause });
    this.name = 'ImageError';
    this.code = 'EIO';
    this.passing = passing;
    this.standstill = standstill;
    this.noRanges = noRanges;
  }
}

/** The machine is at its end: it was stopped, or its kernel has failed. */
export class MachineError extends Error {
  name = 'MachineError';
}

/** At the machine's end. */
export function notWrittenBack(errno) {
  const sentence = `the disk could not be written back: ${describeErrno(errno)}; what was synced before is on it`;
  return Object.assign(new MachineError(sentence), { errno, code: nameOfErrno(errno) });
}

/** By their names, those that an error can be of on the other side of a worker. */
const CLASSES = Object.freeze({
  ArchiveError, DiskBusyError, FileError, ImageError, MachineError, MountError, SpawnError, RangeError, SyntaxError, TypeError,
});

const isPlain = (value) => ['string', 'number', 'boolean'].includes(typeof value);

/** An error as data, for reviveError. */
export function describeError(error) {
  const fields = Object.entries(error ?? {}).filter(([, value]) => isPlain(value));
  return { ...Object.fromEntries(fields), name: error?.name ?? 'Error', message: error?.message ?? String(error) };
}

/** The error that describeError was given, of its class. */
export function reviveError({ message, ...fields }) {
  const error = new Error(message);
  const known = CLASSES[fields.name];
  if (known) Object.setPrototypeOf(error, known.prototype);
  return Object.assign(error, fields);
}
