// The block filesystem: nothing to measure until `run` has --image.
const reason = 'Elfin has no --image yet';

const names = ['sequential write', 'sequential read', 'create 1000 files', 'find over a cold cache', 'fsync'];

export const disk = {
  name: 'disk',
  title: 'an ext filesystem on a disk image',
  rows: () => names.map((title) => ({name: title.replaceAll(' ', '-'), title, unsupported: reason})),
};
