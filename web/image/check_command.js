/** elfin image check: what e2fsck says of an image, with its journal replayed; nothing is changed. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { writeMerged } from './merged_image.js';
import { parseOptions } from './options.js';
import { withScratch } from './scratch.js';
import { toolEnvironment } from './tool.js';

function check(argv) {
  const { status, error, stdout, stderr } = spawnSync('e2fsck', argv, { env: toolEnvironment() });
  if (error) throw new Error(`e2fsck: ${error.code ?? error.message}`);
  return { clean: status === 0, text: `${stdout}${stderr}` };
}

/** @returns {Promise<number>} 0: clean */
export async function run(argv) {
  const { options, words } = parseOptions(argv, { overlay: 'value' }, ['IMAGE']);
  const [image] = words;
  return withScratch(image, async (folder) => {
    const copy = path.join(folder, 'copy.img');
    await writeMerged(image, options.overlay, copy);
    check(['-y', '-E', 'journal_only', copy]);
    const { clean, text } = check(['-fn', copy]);
    console.log(clean ? `${image}: clean` : text.trim());
    return clean ? 0 : 1;
  });
}
