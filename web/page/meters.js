/** The meters in the bar: processor, disk, network. */
import { make } from './elements.js';
import { drawPlot } from './plot.js';
import { bytesText, percentText } from './quantities.js';

const BAR_SAMPLES = 40;

export class Meters {
  #history;
  #theme;
  #cpuPlot = make('canvas');
  #cpu = make('b', {}, '0 %');
  #disk = make('b', {}, '0 B/s');

  /**
   * @param {HTMLElement} place
   * @param {{history: import('./activity_history.js').ActivityHistory, theme: import('./themes.js').Theme}} sources
   */
  constructor(place, { history, theme }) {
    this.#history = history;
    this.#theme = theme;
    place.append(
      make('span.meter.first', {}, make('span.name', {}, 'cpu'), this.#cpuPlot, this.#cpu),
      make('span.meter.wide', {}, 'disk', this.#disk),
      make('span.meter', {}, 'net', make('b', { title: 'The machine has no network' }, 'none')));
    history.addEventListener('change', () => this.#draw());
    theme.addEventListener('change', () => this.#draw());
    this.#draw();
  }

  #draw() {
    const { latest, samples, diskRate } = this.#history;
    this.#cpu.textContent = percentText(latest.cpu);
    this.#disk.textContent = `${bytesText(diskRate)}/s`;
    const values = samples.slice(-BAR_SAMPLES).map(({ cpu }) => cpu);
    drawPlot(this.#cpuPlot, values, { color: this.#theme.color('accent'), top: 1 });
  }
}
