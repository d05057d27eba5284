// v86, an emulator of a whole 32-bit PC in WebAssembly. It takes a disk image with a kernel, which nothing
// here makes yet; so it is named, and its rows say why they are empty.
export const v86 = {
  name: 'v86',
  title: 'v86',
  identity: () => ({missing: 'an image with a Debian i386 kernel and bc is not built here yet'}),
};
