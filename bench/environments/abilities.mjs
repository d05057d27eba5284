// What Elfin can do yet, by trying it: rows that need more say so instead of failing.
import {buildFolder, buildGuest} from '../guests.mjs';
import {measure} from '../measure.mjs';
import {elfin} from './elfin_in_node.mjs';

const known = new Map();

function can(ability) {
  if (!known.has(ability)) {
    const program = buildGuest('os/probe');
    const command = [elfin, 'run', '--root', buildFolder, '--cwd', '/', '--', '/os/probe', ability];
    if (measure([program, ability]).status !== 0) throw new Error(`the probe of ${ability} fails natively`);
    known.set(ability, measure(command, '', {limit: 60, showErrors: false}).status === 0);
  }
  return known.get(ability);
}

// → a sentence that names what of `abilities` (arguments of probe.c) Elfin lacks; undefined: nothing
export function lacks(abilities) {
  const missing = abilities.filter((ability) => !can(ability));
  return missing.length ? `Elfin has no ${missing.join(', ')} yet` : undefined;
}
