/** What the user sees of the machine's states: progress while it starts, and a card with a way on when it can't. */
import { makeCard } from './card.js';
import { button } from './elements.js';
import { STATE } from './computer.js';

const TAKEN = {
  title: 'The disk is open in another tab',
  text: 'Only one machine at a time can write to a disk. Taking over stops the other tab\'s machine, after it has ' +
    'written everything back.',
};
const NO_ANSWER = {
  title: 'The other tab doesn\'t answer',
  text: 'Please close the other tab that has this page open, then try again. Nothing is lost by that but what its ' +
    'programs had in hand.',
};
const TAKEN_OVER = {
  title: 'Another tab has taken the disk over',
  text: 'Everything was written back and the machine here has stopped.',
};

/** What went wrong → what to say and do about it. */
function explain(error, hasRun) {
  const { name, message } = error;
  if (hasRun) {
    return {
      title: 'The machine has broken down',
      text: `It ran and can't go on: ${message}. What programs have synced is on the disk; what they had in hand is lost.`,
    };
  }
  if (!navigator.onLine) {
    return {
      title: 'You are offline', text: `What the machine needs to start has not been kept here. (${message})`, isOfDisk: true,
    };
  }
  if (name === 'MountError') {
    return {
      title: 'The disk can\'t be opened',
      text: `${message}.`,
      canReset: true, isOfDisk: true,
    };
  }
  if (name === 'ImageError') {
    return { title: 'The disk can\'t be fetched', text: `${message}.`, isOfDisk: true };
  }
  if (/no room left/.test(message)) {
    return {
      title: 'No room left in this browser',
      text: 'What you write to the disk is kept in this browser, which gives this page too little room for it. Free ' +
        'some, or go on without: then what you write is gone when this page closes.',
      canThrowAway: true,
    };
  }
  if (name === 'CompileError' || name === 'LinkError') {
    return { title: 'The machine can\'t be built', text: `This browser doesn't take its program: ${message}.` };
  }
  return { title: 'The machine didn\'t start', text: message };
}

/** Another server's answers are its own; whether a page may see them, too. */
const foreignHint = ({ url }) => (url && new URL(url).origin !== location.origin
  ? ` (The server ${new URL(url).host} must allow other sites to fetch it.)` : '');

export class Stage {
  #place;
  #computer;
  #progress;
  #card;
  #siteDisk;

  /**
   * @param {{place: HTMLElement, progress: HTMLElement, computer: import('./computer.js').Computer,
   *   siteDisk: {isUsed: () => boolean, use: () => void}}} options `siteDisk`: the way back to it from another one
   */
  constructor({ place, progress, computer, siteDisk }) {
    this.#siteDisk = siteDisk;
    this.#place = place;
    this.#progress = progress;
    this.#computer = computer;
    computer.addEventListener('loading', ({ detail }) => this.#showProgress(detail));
    computer.addEventListener('state', () => this.#show());
    this.#show(); // it may have failed already
  }

  #show() {
    const { state, reason, error } = this.#computer;
    this.#card?.remove();
    this.#progress.hidden = state !== STATE.starting;
    const start = (options) => () => this.#computer.start(options);
    if (state === STATE.taken) {
      this.#showCard(reason === 'no answer' ? NO_ANSWER : TAKEN, [
        button('Throw-away machine', start({ throwAway: true })),
        button(reason === 'no answer' ? 'Try again' : 'Take over', start({ takeOver: true }), 'primary')]);
    } else if (state === STATE.stopped && reason === 'taken over') {
      this.#showCard(TAKEN_OVER, [button('Throw-away machine', start({ throwAway: true })),
        button('Take it back', start({ takeOver: true }), 'primary')]);
    } else if (state === STATE.failed) {
      const explained = explain(error, reason === 'broken down');
      const { canReset, canThrowAway, isOfDisk } = explained;
      if (isOfDisk) explained.text += foreignHint(this.#computer.disk);
      this.#showCard(explained, [
        ...(canReset ? [button('Reset the disk', () => this.#computer.reset(), 'danger')] : []),
        ...(canThrowAway ? [button('Throw-away machine', start({ throwAway: true }))] : []),
        ...(isOfDisk && !this.#siteDisk.isUsed() ? [button('Use the site\'s disk', () => this.#siteDisk.use())] : []),
        button('Try again', start(), 'primary')]);
    }
  }

  #showCard(what, buttons) {
    this.#card = makeCard(what, buttons);
    this.#place.append(this.#card);
    buttons.at(-1).focus();
  }

  /** A share where the size is known; else half, which says that something is on its way. */
  #showProgress({ loaded, total }) {
    const share = total ? loaded / total : 0.5;
    this.#progress.firstElementChild.style.transform = `scaleX(${share})`;
    this.#progress.setAttribute('aria-valuenow', Math.round(100 * share));
  }
}
