/** The meters in the bar: processor, disk, network, each with a figure and a plot. */
import { diskBytes } from './activity_history.js';
import { make } from './elements.js';
import { drawPlot } from './plot.js';
import { bytesText, percentText } from './quantities.js';

const BAR_SAMPLES = 40;

export class Meters {
  #history;
  #theme;
  /** What each draws. */
  #meters = [];

  /**
   * @param {HTMLElement} place
   * @param {{history: import('./activity_history.js').ActivityHistory, theme: import('./themes.js').Theme}} sources
   */
  constructor(place, { history, theme }) {
    this.#history = history;
    this.#theme = theme;
    place.append(
      this.#makeMeter('cpu', ({ cpu }) => cpu, { text: () => percentText(history.latest.cpu), top: 1 }),
      this.#makeMeter('disk', diskBytes, { text: () => `${bytesText(history.diskRate)}/s` }),
      this.#makeMeter('net', ({ fetched }) => fetched, { text: () => `${bytesText(history.netRate)}/s` }));
    history.addEventListener('change', () => this.#draw());
    theme.addEventListener('change', () => this.#draw());
    this.#draw();
  }

  #makeMeter(name, valueOf, { text, top }) {
    const [plot, figure] = [make('canvas'), make('b')];
    this.#meters.push(({ samples, color }) => {
      figure.textContent = text();
      drawPlot(plot, samples.map(valueOf), { color, top });
    });
    return make(`span.meter.${name}`, {}, plot, make('span', {}, `${name} `, figure));
  }

  #draw() {
    const seen = { samples: this.#history.samples.slice(-BAR_SAMPLES), color: this.#theme.color('accent') };
    for (const draw of this.#meters) draw(seen);
  }
}
