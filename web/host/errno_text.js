/** Linux's error numbers for people. */
import { ERRNO } from './errno.js';

const NAMES = Object.freeze(Object.fromEntries(Object.entries(ERRNO).map(([name, number]) => [number, name])));

const TEXTS = Object.freeze({
  EPERM: 'it is not allowed',
  ENOENT: 'there is no such file or directory',
  EIO: 'input/output error',
  EACCES: 'permission denied',
  EBUSY: 'it is in use',
  EEXIST: 'it is there already',
  EXDEV: 'the two are on different disks',
  ENOTDIR: 'a part of the path is no directory',
  EISDIR: 'it is a directory',
  EINVAL: 'this can\'t be done with it',
  ETXTBSY: 'it is a program that runs',
  EFBIG: 'it is too large',
  ENOSPC: 'no space is left on the disk',
  EROFS: 'it can only be read',
  ENAMETOOLONG: 'the name is too long',
  ENOTEMPTY: 'the directory is not empty',
  ELOOP: 'too many symbolic links lead to each other',
  ENODATA: 'it has no such attribute',
  EOPNOTSUPP: 'the filesystem can\'t do that',
  ENOMEM: 'there is no memory for it',
  EUCLEAN: 'the filesystem is damaged',
});

/** @returns {string} `ENOENT` for 2 */
export const nameOfErrno = (errno) => NAMES[errno] ?? `errno ${errno}`;

/** @returns {string} "there is no such file or directory (ENOENT)" */
export function describeErrno(errno) {
  const name = nameOfErrno(errno);
  return TEXTS[name] ? `${TEXTS[name]} (${name})` : name;
}
