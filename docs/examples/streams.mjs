// A program's streams: what it reads is written piece by piece, and its output and errors come apart.
import { Machine, openImage, SHELL_DISK } from 'elfin';

const machine = await Machine.create({ mounts: { '/': { image: await openImage(SHELL_DISK) } } });
const script = 'while read -r line; do print "got $line"; done; print -u2 "no more to read"; exit 3';
const shell = await machine.spawn('/bin/mksh', ['-c', script], { env: { HOME: '/root' }, cwd: '/root' });

async function show(name, stream) {
  for await (const text of stream.pipeThrough(new TextDecoderStream())) console.log(`${name}: ${text.trimEnd()}`);
}

const output = show('output', shell.stdout);
const errors = show('errors', shell.stderr);
shell.stdin.write('one line\n');
shell.stdin.write('another\n');
shell.stdin.end();
await output;
await errors;
console.log(await shell.wait()); // its exit code; the signal, if one has killed it
await machine.stop();
