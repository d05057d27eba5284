// This machine itself.
import {measure} from '../measure.mjs';

export const native = {
  name: 'native',
  title: 'native',
  run: (row, {limit}) => measure(row.command, row.input, {limit}),
};
