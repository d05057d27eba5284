// The interpreter alone: bc computes π without the translator.
import {gnuBc, piRow} from './pi.mjs';

export const interpreter = {
  name: 'interpreter',
  title: 'without the translator',
  rows: ({quick}) => [{...piRow(gnuBc, quick ? 50 : 1000), cell: undefined, jit: 'off'}],
};
