// The translator's benchmark: the kernels of bench/guest.
import {guestCommands} from '../guests.mjs';
import {kernelNames, quickSizes} from '../kernels.mjs';

export const cpu = {
  name: 'cpu',
  title: 'small programs of our own',
  rows: ({quick}) => kernelNames.map((name) => ({
    name, title: name,
    ...guestCommands(name, quick ? [`${quickSizes[name]}`] : []),
  })),
};
