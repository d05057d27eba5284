/**
 * How many columns a character takes: as the guest's wcwidth(3) counts, which its shells and editors go by. xterm.js's add-on
 * has nearly that, by code points of Unicode 15; its joined graphemes would put the guest's cursor elsewhere.
 */
import { UnicodeGraphemesAddon } from '../xterm/addon-unicode-graphemes.mjs';

const VERSION = 'guest';

/** Width → where glibc 2.36 has it and the add-on another: code points in hexadecimal. Found by tests/page/widths.test.mjs. */
const OTHERWISE = Object.freeze({
  0:
    '61c 898-89f 8ca-8d2 c3c 1160-11ff 180e-180f 1ac1-1ace 1dfa 200b 200d-200f 202a-202e 2060-2064 ' +
    '2066-206f d7b0-d7c6 d7cb-d7fb feff fff9-fffb 10f82-10f85 11070 11073-11074 110c2 13430-13438 ' +
    '1bca0-1bca3 1cf00-1cf2d 1cf30-1cf46 1d173-1d17a 1e2ae e0001',
  1:
    '600-605 6dd 70f 8e2 9be 9d7 b3e b57 bbe bd7 cc2 cd5-cd6 d3e d4e d57 dcf ddf 1734 1b35 ff9e-ff9f ' +
    '110bd 110cd 111c2-111c3 1133e 11357 114b0 114bd 115af 11930 1193f 11941 11a3a 11a84-11a89 11d46 ' +
    '1d165 1d16e-1d172',
  2:
    '302e-302f 3248-324f 4dc0-4dff 1aff0-1aff3 1aff5-1affb 1affd-1affe 1b11f-1b122 1f3fb-1f3ff ' +
    '1f6dd-1f6df 1f7f0 1f979 1f9cc 1fa7b-1fa7c 1faa9-1faac 1fab7-1faba 1fac3-1fac5 1fad7-1fad9 ' +
    '1fae0-1fae7 1faf0-1faf6',
});
const FIRST_OTHERWISE = 0x600;

/** @returns {Map<number, number>} code point → width */
function unpack(table) {
  const widths = new Map();
  for (const [width, runs] of Object.entries(table)) {
    for (const run of runs.split(' ')) {
      const [first, last = first] = run.split('-').map((text) => parseInt(text, 16));
      for (let c = first; c <= last; c++) widths.set(c, Number(width));
    }
  }
  return widths;
}

/** The add-on's table by code points: it shows it to whom it is loaded into. */
function addOnsWidths() {
  const providers = {};
  new UnicodeGraphemesAddon().activate({ unicode: { register: (provider) => void (providers[provider.version] = provider) } });
  return providers['15'];
}

class GuestWidths {
  version = VERSION;
  #widths = unpack(OTHERWISE);
  #base = addOnsWidths();

  wcwidth(codePoint) {
    const other = codePoint < FIRST_OTHERWISE ? undefined : this.#widths.get(codePoint);
    return other ?? this.#base.wcwidth(codePoint);
  }

  /** What xterm.js packs into a number: bit 0, whether it joins the character before; bits 1 and 2, the width of both. */
  charProperties(codePoint, preceding) {
    const width = this.wcwidth(codePoint);
    const before = (preceding >> 1) & 3;
    return width === 0 && before > 0 ? (before << 1) | 1 : width << 1;
  }
}

let widths;

/** @param {import('../xterm/xterm.mjs').Terminal} xterm which allows proposed calls */
export function useGuestWidths(xterm) {
  widths ??= new GuestWidths();
  xterm.unicode.register(widths);
  xterm.unicode.activeVersion = VERSION;
}
