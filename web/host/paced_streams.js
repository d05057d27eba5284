/**
 * A terminal's two directions between a machine and somebody far away who takes and shows at a pace of
 * their own: neither queue grows without a bound, and the guest waits as it would for a slow line.
 */
import { ERRNO } from './errno.js';
import { InputQueue, STREAM_KIND } from './streams.js';

/**
 * What may be on its way and not shown yet. Small enough that Ctrl-C after a flood of output has its effect
 * at once; large enough that a terminal that draws 60 times a second is never short of it.
 */
const OUTSTANDING_BYTES = 128 << 10;

/** Calls `action` once after the current turn of the machine, however often it is asked to. */
function afterTurn(action) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    queueMicrotask(() => {
      asked = false;
      action();
    });
  };
}

function joined(pieces) {
  if (pieces.length === 1) return pieces[0];
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/**
 * A StreamEnd: what a turn writes first goes out at once, since a key's echo should not wait for the others that the turn
 * still lets run, and the rest in one piece after it. The guest waits while too much has not been shown.
 */
export class PacedOutput {
  kind = STREAM_KIND.pipe;
  onReady = () => {};
  #outstanding = 0;
  #waits = false;
  #pieces = [];
  #hasSent = false;
  #send;
  #endTurn;

  /** @param {(bytes: Uint8Array) => void} send gets bytes of its own; must not call into the machine */
  constructor(send) {
    this.#send = send;
    this.#endTurn = afterTurn(() => {
      this.#hasSent = false;
      if (this.#pieces.length > 0) send(joined(this.#pieces.splice(0)));
    });
  }

  write(from) {
    const room = OUTSTANDING_BYTES - this.#outstanding;
    if (room <= 0) {
      this.#waits = true;
      return -ERRNO.EAGAIN;
    }
    const piece = from.slice(0, room);
    this.#outstanding += piece.length;
    const { length } = piece;
    if (this.#hasSent) {
      this.#pieces.push(piece);
    } else {
      this.#hasSent = true;
      this.#send(piece); // which may give its bytes away
    }
    this.#endTurn();
    return length;
  }

  /** So many bytes of what was sent have been shown. */
  shown(count) {
    this.#outstanding -= count;
    if (!this.#waits || this.#outstanding > OUTSTANDING_BYTES / 2) return;
    this.#waits = false;
    this.onReady();
  }
}

/** An InputQueue that tells how much of it the guest has taken. */
export class PacedInput extends InputQueue {
  #taken = 0;
  #tell;

  /** @param {(count: number) => void} taken */
  constructor(taken) {
    super();
    this.#tell = afterTurn(() => taken(this.#taken));
  }

  /** In place of all that waits: it counts as taken. */
  replace(data) {
    this.#taken += this.forget();
    this.#tell();
    this.write(data);
  }

  read(to) {
    const count = super.read(to);
    if (count > 0) {
      this.#taken += count;
      this.#tell();
    }
    return count;
  }
}
