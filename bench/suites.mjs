// The suites, in the order in which they run. suites/README.md says what a suite and a row are.
import {apps} from './suites/apps.mjs';
import {cpu} from './suites/cpu.mjs';
import {disk} from './suites/disk.mjs';
import {interpreter} from './suites/interpreter.mjs';
import {os} from './suites/os.mjs';
import {page} from './suites/page.mjs';
import {pi} from './suites/pi.mjs';
import {published} from './suites/published.mjs';
import {startup} from './suites/startup.mjs';
import {translate} from './suites/translate.mjs';

export const suites = [pi, cpu, apps, published, os, disk, startup, translate, interpreter, page];
