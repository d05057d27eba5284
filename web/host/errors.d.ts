/** What can go wrong. The same classes come from a machine here and from one in a worker. */

/** What went wrong with a file of the machine. */
export class FileError extends Error {
  readonly name: 'FileError';
  /** Linux's number, and its name: 2, `ENOENT`. */
  readonly errno: number;
  readonly code: string;
  readonly path: string;
}

/** A program that could not be started. */
export class SpawnError extends Error {
  readonly name: 'SpawnError';
  readonly errno: number;
  readonly code: string;
  readonly path: string;
}

/** An image or folder that can't be mounted or unmounted; the platform's report says more of an image. */
export class MountError extends Error {
  readonly name: 'MountError';
  readonly errno: number;
  readonly code: string;
  /** Where. */
  readonly path: string;
}

/** An archive that is damaged, cut off, or has entries outside its folder. */
export class ArchiveError extends Error {
  readonly name: 'ArchiveError';
}

/** Another tab, or another machine of this page, has the disk of that name. */
export class DiskBusyError extends Error {
  readonly name: 'DiskBusyError';
}

/** An image that its server doesn't give, or not as it should be. */
export class ImageError extends Error {
  readonly name: 'ImageError';
  readonly code: 'EIO';
  /** It may go better next time: the network or the server was in trouble. */
  readonly passing: boolean;
  /** The server doesn't know ranges: fetch the image whole (MemoryImage), or cut it into chunks. */
  readonly noRanges: boolean;
}

/** The machine is at its end: it was stopped, or has failed by a bug of its own. What waits for it gets this. */
export class MachineError extends Error {
  readonly name: 'MachineError';
  /** Of `stop`, where not all could be written. */
  readonly errno?: number;
  readonly code?: string;
}
