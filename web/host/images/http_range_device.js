/**
 * A disk image as one file on a web server that answers ranges. An image that changes while it is used is
 * an error, never a mixture of old and new.
 */
import { PiecedDevice } from './pieced_device.js';
import { ImageError } from '../errors.js';
import { countedRequest, newCounters, readBody, request, withRetries } from './retries.js';

/** Small enough that little comes with a file that nobody wants, and neighbours with what lies alone. */
const PIECE_SIZE = 16 << 10;
/** What one request asks for at most, and at least. */
const MAX_PIECES = 64;
const LEAST_PIECES = 3;

/**
 * What tells one state of the file from another. From another origin, ETag and Content-Range are hidden
 * unless the server exposes them; Last-Modified never is.
 */
function versionOf(response) {
  return {
    etag: response.headers.get('etag')?.replace(/^W\//, '') ?? undefined,
    modified: response.headers.get('last-modified') ?? undefined,
  };
}

/** The size that a 206 tells of the whole file. */
function totalOf(response) {
  const total = /^bytes \d+-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  return total === undefined ? undefined : Number(total);
}

/** Throws unless the response is a plain part of a file. */
function checkPartial(response) {
  if (response.status === 200) {
    throw new ImageError('the server does not answer ranges', { noRanges: true });
  }
  if (response.status !== 206) throw new ImageError(`the server answers ${response.status}`);
  const encoding = response.headers.get('content-encoding');
  if (encoding && encoding !== 'identity') {
    throw new ImageError(`the server compresses it (${encoding}): its bytes can't be told`);
  }
}

const rangeOf = (begin, end) => ({
  // Past the browser's cache: through it Chromium fetches ranges of one URL one after the other.
  cache: 'no-store',
  headers: { Range: `bytes=${begin}-${end - 1}` },
});

/** Where Content-Range is hidden. */
function askForSize(url, retries) {
  const use = async (response) => {
    const length = response.headers.get('content-length');
    if (!response.ok || length === null) throw new ImageError('the server does not tell its size');
    return Number(length);
  };
  return withRetries(() => request(url, { method: 'HEAD', cache: 'no-store' }, use, retries), retries);
}

export class HttpRangeDevice extends PiecedDevice {
  #url;
  #version;
  #retries;
  #report;

  /**
   * @param {string | URL} url
   * @param {{retries?: object, report?: (message: string) => void}} [options] retries.js has the defaults
   * Throws ImageError.
   */
  static async open(url, { retries = {}, report = () => {} } = {}) {
    const href = String(url);
    const use = async (response) => {
      checkPartial(response);
      const total = totalOf(response);
      // A file may be shorter than a piece: then its length is what comes.
      const length = Number(response.headers.get('content-length') ?? PIECE_SIZE);
      const bytes = await readBody(response, Math.min(length, total ?? length, PIECE_SIZE));
      return { total, version: versionOf(response), bytes };
    };
    const counters = newCounters();
    const first = await withRetries(() => countedRequest(counters, href, rangeOf(0, PIECE_SIZE), use, retries), retries);
    const size = first.total ?? (await askForSize(href, retries));
    const device = new HttpRangeDevice(href, size, first.version, retries, report);
    if (first.bytes.length === device.lengthOf(0)) device.keep(0, first.bytes);
    device.counters = Object.assign(counters, { bytes: first.bytes.length });
    return device;
  }

  /** Use HttpRangeDevice.open. */
  constructor(url, size, version, retries, report) {
    super(size, PIECE_SIZE, LEAST_PIECES);
    this.#url = url;
    this.#version = version;
    this.#retries = retries;
    this.#report = report;
  }

  load(first, count) {
    const promises = [];
    for (let from = first; from < first + count; from += MAX_PIECES) {
      const run = Math.min(MAX_PIECES, first + count - from);
      const bytes = this.#fetchRange(from * PIECE_SIZE, Math.min((from + run) * PIECE_SIZE, this.size));
      for (let index = 0; index < run; index++) {
        promises.push(bytes.then((all) => all.slice(index * PIECE_SIZE, (index + 1) * PIECE_SIZE)));
      }
    }
    return promises;
  }

  async #fetchRange(begin, end) {
    const use = async (response) => {
      checkPartial(response);
      this.#checkUnchanged(response, begin, end);
      return readBody(response, end - begin);
    };
    try {
      return await withRetries(
        () => countedRequest(this.counters, this.#url, rangeOf(begin, end), use, this.#retries), this.#retries);
    } catch (error) {
      this.#report(`${this.#url}: ${error.message}`);
      throw error;
    } finally {
      this.counters.bytes += end - begin;
    }
  }

  #checkUnchanged(response, begin, end) {
    const version = versionOf(response);
    const total = totalOf(response);
    if ((total !== undefined && total !== this.size) || version.etag !== this.#version.etag ||
        version.modified !== this.#version.modified) {
      throw new ImageError('the image has changed since it was opened');
    }
    const range = response.headers.get('content-range');
    if (range !== null && !range.startsWith(`bytes ${begin}-${end - 1}/`)) {
      throw new ImageError(`the server answers another range (${range})`);
    }
  }
}
