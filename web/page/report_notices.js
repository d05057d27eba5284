/** What the user is told of the machine's reports: most are for the console alone. */
import { NO_ROOM } from '../host/browser/no_room.js';

const MISSING_PART = 'Part of the disk can\'t be fetched now. Programs that need it get an input/output error; ' +
  'it is tried again when they read it again.';
const NO_ROOM_LEFT = 'This browser has no room left for what you write: programs get "no space left on device". Remove ' +
  'files, or free room in the browser; what was written before is safe.';

/** The sentences of ../host/images/. */
const isAboutMissingParts = (message) => /^(chunk \d+ of the image|https?:\S+): /.test(message);

/** The sentences of ../host/handles/. */
const isAboutMountedFolders = (message) => / of the mounted folder (can't be written|is lost)/.test(message);

/** @returns {{text: string, kind: string} | undefined} for a notice */
export function noticeOf(message) {
  if (isAboutMissingParts(message)) return { text: MISSING_PART, kind: 'warn' };
  if (message === NO_ROOM) return { text: NO_ROOM_LEFT, kind: 'bad' };
  if (isAboutMountedFolders(message)) return { text: message, kind: 'bad' };
  return undefined;
}
