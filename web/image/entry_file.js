/** What an image was made to run, beside the image: IMAGE.json, as the field `entry` of a chunked image's manifest. */
import fs from 'node:fs';

const fileOf = (image) => `${image}.json`;

/** @returns {object} empty where there is none */
export function readEntry(image) {
  if (!fs.existsSync(fileOf(image))) return {};
  return JSON.parse(fs.readFileSync(fileOf(image), 'utf8'));
}

export function writeEntry(image, entry) {
  if (Object.keys(entry).length > 0) fs.writeFileSync(fileOf(image), `${JSON.stringify(entry, null, 2)}\n`);
  else fs.rmSync(fileOf(image), { force: true });
}
