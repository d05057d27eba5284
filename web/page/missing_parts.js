/** Parts of a disk that could not be fetched: what the user is told, and which reports of the machine mean that. */

export const MISSING_PART = 'Part of the disk can\'t be fetched now. Programs that need it get an input/output error; ' +
  'it is tried again when they read it again.';

/** The sentences of ../host/images/. */
export const isAboutMissingParts = (message) => /^(chunk \d+ of the image|https?:\S+): /.test(message);
