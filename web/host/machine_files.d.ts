/** machine.fs: the guest's files from outside. */

export type FileType =
  'file' | 'directory' | 'link' | 'fifo' | 'socket' | 'character device' | 'block device' | 'unknown';

export interface FileStat {
  type: FileType;
  /** Permissions: the low 12 bits of st_mode. */
  mode: number;
  links: number;
  uid: number;
  gid: number;
  /** A device node's number: st_rdev. */
  device: number;
  inode: bigint;
  size: number;
  /** Of 512 bytes. */
  blocks: number;
  accessed: Date;
  modified: Date;
  changed: Date;
}

/**
 * The guest's files, by absolute path, with the rights of its superuser. Errors: FileError with the errno that
 * the system call would have given. Requests are done one after the other.
 */
export interface MachineFiles {
  /** `length` 0, the default: to the end. */
  readFile(path: string, range?: { offset?: number; length?: number }): Promise<Uint8Array>;
  /** The same by pieces, for files of any length. */
  readPieces(path: string, range?: { offset?: number; length?: number }): AsyncIterable<Uint8Array>;
  /** Creates the file or replaces what it holds; `append`: puts it behind that. */
  writeFile(
    path: string, data: string | Uint8Array, options?: { mode?: number; append?: boolean }): Promise<void>;
  /** Without "." and "..", in no order. */
  readdir(path: string): Promise<{ name: string; type: FileType }[]>;
  /** Names need not be UTF-8. */
  readdir(path: string, options: { asBytes: true }): Promise<{ name: Uint8Array; type: FileType }[]>;
  stat(path: string): Promise<FileStat>;
  /** Of a symbolic link itself. */
  lstat(path: string): Promise<FileStat>;
  readlink(path: string): Promise<string>;
  readlink(path: string, options: { asBytes: true }): Promise<Uint8Array>;
  /** `recursive`: with all above it, and no error where it is already. */
  mkdir(path: string, options?: { mode?: number; recursive?: boolean }): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  /** A file, or a directory with all that is in it. */
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  symlink(target: string, path: string): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  chown(path: string, uid: number, gid: number): Promise<void>;
  setModified(path: string, date: Date): Promise<void>;
  /** Of a symbolic link itself. */
  lchown(path: string, uid: number, gid: number): Promise<void>;
  setLinkModified(path: string, date: Date): Promise<void>;
  /** A further name for a file. */
  link(existing: string, path: string): Promise<void>;
  /** A FIFO, socket or device; `mode` with its type, as st_mode. */
  mknod(path: string, mode: number, device?: number): Promise<void>;
  /** Extended attributes, of a symbolic link itself; names with their namespace: "user.note". */
  attributes(path: string): Promise<Map<string, Uint8Array>>;
  setAttribute(path: string, name: string, value: string | Uint8Array): Promise<void>;
  removeAttribute(path: string, name: string): Promise<void>;
  /** Of the filesystem that the path is on. */
  statfs(path: string): Promise<{ totalBytes: number; freeBytes: number }>;
  /** Everything that was written is durable. */
  sync(): Promise<void>;
  /** A tar archive of what is in a folder, without devices and sockets, by pieces. */
  exportTar(path: string): AsyncIterable<Uint8Array>;
  /** Unpacks a tar archive into a folder, as it comes; how many entries. Errors: ArchiveError, too. */
  importTar(path: string, archive: Uint8Array | Blob | AsyncIterable<Uint8Array>): Promise<number>;
  /**
   * Looks twice a second whether the file has changed, appeared or gone, or, of a directory, it or an entry of it (not what lies
   * deeper); the callback gets the path of that. The answer ends it; so does the machine's end.
   */
  watch(path: string, callback: (path: string) => void): () => void;
}
