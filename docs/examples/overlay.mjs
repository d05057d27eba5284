// What is written is kept in a file beside the image, which stays as it is: each run of this goes on where the last ended.
import { FileDevice, Machine, openImage, SHELL_DISK } from 'elfin';

const overlay = new FileDevice('changes.overlay', { writable: true, create: true });
const machine = await Machine.create({ mounts: { '/': { image: await openImage(SHELL_DISK), overlay } } });
const script = 'n=0; [[ -e runs ]] && read n <runs; print $((n + 1)) >runs; print "run $((n + 1))"';
const shell = await machine.spawn('/bin/mksh', ['-c', script], { cwd: '/root', stdout: (bytes) => process.stdout.write(bytes) });
await shell.wait();
await machine.stop(); // writes back what is still in memory
overlay.close();
