// A program on a terminal of its own: keys go in, what is to be shown comes out, and it hears of another size.
import { Machine, openImage, SHELL_DISK } from 'elfin';

const machine = await Machine.create({ mounts: { '/': { image: await openImage(SHELL_DISK) } } });
const shell = await machine.spawn('/bin/mksh', [], { pty: { rows: 24, columns: 80 }, env: { TERM: 'dumb', PS1: '# ' } });

let screen = '';
let seen = 0;
let look = () => {};
const reading = (async () => {
  for await (const text of shell.stdout.pipeThrough(new TextDecoderStream())) {
    screen += text;
    look();
  }
})();
/** Waits until a text is shown, below what was waited for last. */
const shows = (text) => new Promise((resolve) => {
  look = () => {
    const at = screen.indexOf(text, seen);
    if (at < 0) return;
    seen = at + text.length;
    look = () => {};
    resolve();
  };
  look();
});

await shows('# ');
shell.stdin.write('print "rows: $LINES"\r');
await shows('rows: 24');
shell.resize(40, 120);
shell.stdin.write('print "rows: $LINES"\r');
await shows('rows: 40');
shell.stdin.write('print "waits: $$"; read nothing\r');
await shows(`waits: ${shell.pid}`);
shell.stdin.write('\x03'); // Ctrl-C interrupts the read, and the shell goes on
await shows('# ');
shell.stdin.write('exit 5\r');
console.log(await shell.wait());
await reading;
console.log(screen.replaceAll('\r', ''));
await machine.stop();
