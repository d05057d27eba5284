/** What the File System Access API throws, with Linux's names. */

/** DOMException's names. Of another file or folder than was expected each caller knows more. */
const CODES = Object.freeze({
  NotFoundError: 'ENOENT',
  NotAllowedError: 'EACCES', // the permission was not given, or taken back
  SecurityError: 'EACCES',
  NoModificationAllowedError: 'EBUSY', // locked by another page
  QuotaExceededError: 'ENOSPC',
  InvalidModificationError: 'ENOTEMPTY',
  TypeMismatchError: 'ENOTDIR',
  TypeError: 'EINVAL', // a name that the host can't have
  AbortError: 'EIO',
  NotReadableError: 'EIO',
  InvalidStateError: 'EIO',
});

/** A refusal, in the form of Node's own errors. */
export function refuse(code, message = code) {
  return Object.assign(new Error(message), { code });
}

/** The error of a handle's method, with a `code`; `name` stays the browser's. */
export function translated(error) {
  if (typeof error?.code === 'string') return error; // ours
  return Object.assign(new Error(error?.message ?? String(error)), {
    name: error?.name, code: CODES[error?.name] ?? 'EIO',
  });
}

/**
 * @template T
 * @param {() => Promise<T>} call of a handle's method
 * @returns {Promise<T>} rejected with an error that has Linux's name as `code`
 */
export async function ask(call) {
  try {
    return await call();
  } catch (error) {
    throw translated(error);
  }
}
