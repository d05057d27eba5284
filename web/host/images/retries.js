/**
 * Fetching what must come whole: again after trouble of the network or the server, with longer and longer
 * pauses, and never without an end.
 */
import { ImageError } from '../errors.js';

/** Answers that a server gives when it is busy. */
const BUSY = new Set([408, 425, 429, 500, 502, 503, 504]);

export const DEFAULT_RETRIES = Object.freeze({ attempts: 5, firstPauseMs: 200, timeoutMs: 30_000 });

/** A connection may be dead; a second one as well means that nothing comes here. */
const STANDSTILLS = 2;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @param {(attempt: number) => Promise<T>} work what is tried; throws ImageError, or what fetch throws
 * @param {Partial<typeof DEFAULT_RETRIES>} [retries]
 * @returns {Promise<T>} Rejects with the last ImageError.
 * @template T
 */
export async function withRetries(work, retries = {}) {
  const { attempts, firstPauseMs } = { ...DEFAULT_RETRIES, ...retries };
  let standstills = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      const trouble = error instanceof ImageError
        ? error
        : new ImageError(`it can't be fetched (${error.message})`, { passing: true, cause: error });
      if (trouble.standstill) standstills++;
      if (!trouble.passing || attempt >= attempts || standstills >= STANDSTILLS) throw trouble;
      // By lot, so that requests that failed together don't come back together.
      await pause(firstPauseMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
    }
  }
}

/**
 * One request and what `use` makes of its response, within a time; the body is given up where `use` has
 * not read it to its end.
 * @template T
 * @param {string} url
 * @param {RequestInit} init
 * @param {(response: Response) => Promise<T>} use
 * @param {{timeoutMs?: number}} [retries]
 * @returns {Promise<T>}
 */
export async function request(url, init, use, { timeoutMs = DEFAULT_RETRIES.timeoutMs } = {}) {
  const controller = new AbortController();
  const timer = setTimeout(
    () => controller.abort(new ImageError(`nothing for ${timeoutMs / 1000} s`, { passing: true, standstill: true })),
    timeoutMs);
  try {
    const response = await fetch(url, { ...init, signal: controller.signal });
    if (BUSY.has(response.status)) {
      throw new ImageError(`the server answers ${response.status}`, { passing: true });
    }
    return await use(response);
  } finally {
    clearTimeout(timer);
    controller.abort(); // a body that nobody wants; nothing where it has been read
  }
}

/** Of requests: how many were made, how many answered, how long those took altogether; bytes are the caller's to count. */
export const newCounters = () => ({ requests: 0, answers: 0, waitMs: 0, bytes: 0 });

/** As request, and counts it. @param {ReturnType<typeof newCounters>} counters */
export async function countedRequest(counters, ...call) {
  counters.requests++;
  const began = performance.now();
  const result = await request(...call);
  counters.answers++;
  counters.waitMs += performance.now() - began;
  return result;
}

/** The whole body, which must have `size` bytes. */
export async function readBody(response, size) {
  const body = new Uint8Array(size);
  let have = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (value.length > size - have) throw new ImageError(`the answer is longer than ${size} bytes`);
    body.set(value, have);
    have += value.length;
  }
  if (have < size) {
    throw new ImageError(`the answer ends after ${have} of ${size} bytes`, { passing: true });
  }
  return body;
}
