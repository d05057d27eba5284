// The guest's files from outside: written and read, watched, and moved to another machine as a tar archive.
import { Machine, openImage, SHELL_DISK } from 'elfin';

const start = async () => Machine.create({ mounts: { '/': { image: await openImage(SHELL_DISK) } } });
const machine = await start();
await machine.fs.mkdir('/srv/notes', { recursive: true });
await machine.fs.writeFile('/srv/notes/first', 'from outside\n');

const changed = new Promise((resolve) => {
  const end = machine.fs.watch('/srv/notes/second', (path) => {
    end();
    resolve(path);
  });
});
const script = 'cat first; while [[ ! -e stop ]]; do print "from a program" >second; read -t 0.1 nothing; done';
const shell = await machine.spawn('/bin/mksh', ['-c', script], { cwd: '/srv/notes', stdout: (bytes) => process.stdout.write(bytes) });
console.log('changed:', await changed);
await machine.fs.writeFile('/srv/notes/stop', '');
await shell.wait();
console.log((await machine.fs.readdir('/srv/notes')).map(({ name, type }) => `${name} (${type})`).sort());
console.log((await machine.fs.stat('/srv/notes/second')).size, 'bytes');

const pieces = [];
for await (const piece of machine.fs.exportTar('/srv/notes')) pieces.push(piece);
await machine.stop();

const other = await start();
await other.fs.mkdir('/mnt/copy');
await other.fs.importTar('/mnt/copy', Buffer.concat(pieces));
console.log('the copy:', new TextDecoder().decode(await other.fs.readFile('/mnt/copy/second')).trim());
await other.stop();
