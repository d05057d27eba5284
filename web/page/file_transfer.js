/** Files between the guest and the browser: what is dropped goes in, what is asked for comes out. */
import { bytesText } from './quantities.js';

const PIECE = 1 << 20;
/** Files of the browser's user belong to the guest's superuser, whose shell it is. */
const FILE_MODE = 0o644;

/** The files of a drop, folders walked through: [{path, file}]. */
export async function droppedFiles(dataTransfer) {
  const entries = [...dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...dataTransfer.files].map((file) => ({ path: file.name, file }));
  const found = [];
  const walk = async (entry, path) => {
    if (entry.isFile) {
      const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
      found.push({ path, file });
      return;
    }
    const reader = entry.createReader();
    for (;;) { // it gives a hundred at a time
      const children = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (children.length === 0) return;
      for (const child of children) await walk(child, `${path}/${child.name}`);
    }
  };
  for (const entry of entries) await walk(entry, entry.name);
  return found;
}

/** Copies files into a folder of the guest, with a notice that says how far it is. */
export async function copyIn(machine, folder, files, notices) {
  const total = files.reduce((sum, { file }) => sum + file.size, 0);
  const notice = notices.show('Copying', { progress: true });
  let done = 0;
  try {
    for (const { path, file } of files) {
      const target = `${folder === '/' ? '' : folder}/${path}`;
      if (path.includes('/')) await machine.fs.mkdir(target.slice(0, target.lastIndexOf('/')), { recursive: true });
      await machine.fs.writeFile(target, new Uint8Array(0), { mode: FILE_MODE });
      for (let at = 0; at < file.size; at += PIECE) {
        const piece = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
        await machine.fs.writeFile(target, piece, { append: true });
        done += piece.length;
        notice.update(`Copying ${path}: ${bytesText(done)} of ${bytesText(total)}`, done / total);
      }
    }
    notice.close();
    const what = files.length === 1 ? files[0].path : `${files.length} files`;
    notices.show(`${what} (${bytesText(total)}) copied into ${folder}`);
  } catch (error) {
    notice.close();
    notices.show(`Copying stopped: ${error.message}`, { kind: 'bad' });
  }
}

/** Pieces as blobs, which the browser may put on its own disk. */
export async function blobsOf(pieces) {
  const blobs = [];
  for await (const piece of pieces) blobs.push(new Blob([piece]));
  return blobs;
}

/** Offers bytes to the user as a file. @param {BlobPart[]} parts */
export function offerDownload(parts, name) {
  const url = URL.createObjectURL(new Blob(parts));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Lets the user choose files. @returns {Promise<File[]>} */
export function chooseFiles({ accept = '', multiple = true } = {}) {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    Object.assign(input, { type: 'file', accept, multiple });
    input.addEventListener('change', () => resolve([...input.files]));
    input.addEventListener('cancel', () => resolve([]));
    input.click();
  });
}
