// What translating costs: programs whose counters (--stats) tell how long it took and how large it became.
import {guestCommands} from '../guests.mjs';
import {quickSizes} from '../kernels.mjs';
import {gnuBc, piRow} from './pi.mjs';

export const translate = {
  name: 'translate',
  title: 'cost, size and time of translation',
  rows: ({quick}) => [
    {...piRow(gnuBc, quick ? 100 : 1000), cell: undefined},
    ...['inflate', 'byte_code', 'sha256'].map(
      (name) => ({name, title: name, ...guestCommands(name, quick ? [`${quickSizes[name]}`] : [])})),
  ],
  columns: ['µs an instruction', 'bytes an instruction', 'instructions', 'translating', 'installing', 'translated'],
  cells: ({counters}) => {
    const told = counters?.translation;
    if (!told?.regionInsns) return ['', '', '0', '', '', ''];
    return [(1000 * told.translateMs / told.regionInsns).toFixed(1),
            (told.moduleBytes / told.regionInsns).toFixed(0), `${told.regionInsns}`,
            `${told.translateMs.toFixed(0)} ms`, `${told.installMs.toFixed(0)} ms`,
            `${(100 * told.translatedShare).toFixed(1)} %`];
  },
};
