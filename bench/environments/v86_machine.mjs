// node v86_machine.mjs FOLDER [LINE]: without a line, boots the system in FOLDER (launcher/v86.sh) and keeps the
// machine's state there. With one, goes on from that state, gives the line to bc, and prints as JSON what bc
// answered, its status, and this process's seconds from the line to the end.
import {existsSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

const [folder, line] = process.argv.slice(2);
const file = (name) => join(folder, name);
const stateFile = file('booted.state');
const {V86} = await import(pathToFileURL(file('libv86.mjs')));

const devices = {
  wasm_path: file('v86.wasm'),
  bios: {url: file('bios-256k.bin')},
  vga_bios: {url: file('vgabios-stdvga.bin')},
  memory_size: 128 << 20, // v86 puts an initrd at 64 MiB
  autostart: true,
  disable_speaker: true,
};

// Calls action(text of the line) for each line that the guest prints.
function onLine(machine, action) {
  let text = '';
  machine.add_listener('serial0-output-byte', (byte) => {
    if (byte === 10) {
      action(text.replace(/\r$/, ''));
      text = '';
    } else {
      text += String.fromCharCode(byte);
    }
  });
}

function boot() {
  const machine = new V86({
    ...devices, bzimage: {url: file('vmlinuz')}, initrd: {url: file('initrd.gz')},
    cmdline: 'console=ttyS0 quiet mitigations=off tsc=reliable',
  });
  onLine(machine, async (text) => {
    if (text !== 'READY') return;
    const state = await machine.save_state();
    writeFileSync(`${stateFile}.new`, new Uint8Array(state));
    renameSync(`${stateFile}.new`, stateFile);
    process.exit(0);
  });
}

const seconds = ({user, system}) => (user + system) / 1e6;

function run() {
  const machine = new V86({...devices, initial_state: {buffer: new Uint8Array(readFileSync(stateFile)).buffer}});
  let output;
  let before;
  let began;
  onLine(machine, (text) => {
    if (text === 'BEGIN') {
      output = '';
    } else if (text.startsWith('END ') && output !== undefined) {
      const wall = (performance.now() - began) / 1000;
      const cpu = seconds(process.cpuUsage(before));
      console.log(JSON.stringify({status: Number(text.slice('END '.length)), output, cpu, wall}));
      process.exit(0);
    } else if (output !== undefined) {
      output += `${text}\n`;
    }
  });
  machine.add_listener('emulator-started', () => {
    before = process.cpuUsage();
    began = performance.now();
    machine.serial0_send(`${line}\n`);
  });
}

if (line !== undefined) run();
else if (!existsSync(stateFile)) boot();
