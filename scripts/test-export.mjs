// `npm run test:export [-- beta six smollm2]`: exported folders against PyTorch, as a person would use them, on
// the processor. With --if-possible a machine that cannot have the Python for it is told why, and nothing fails.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled } from './ensure-installed.mjs';

ensureInstalled();
const { findPython } = await import('./export-test/environment.mjs');
const { ExportTest, say } = await import('./export-test/export-test.mjs');
const { PARTS } = await import('./export-test/parts.mjs');

/** The three parts take 7 minutes of two idle processors; what takes so long hangs. */
const LONGEST = 30 * 60_000;

const { values, positionals } = parseArgs({
  options: { 'if-possible': { type: 'boolean' } },
  allowPositionals: true,
});
const unknown = positionals.find((name) => !Object.hasOwn(PARTS, name));
if (unknown) end(2, `there is no part ${unknown}; name some of ${Object.keys(PARTS).join(', ')}`);

say('looks for a Python, or makes one (5.8 GB, some minutes)');
const { python, reason } = findPython();
if (reason && values['if-possible']) end(0, `Left out: npm run test:export, as ${reason}.`);
if (reason) end(1, reason);

const place = mkdtempSync(join(tmpdir(), 'export-'));
const test = new ExportTest(python, place);
const clear = () => {
  test.end();
  rmSync(place, { recursive: true, force: true });
};
setTimeout(() => {
  clear();
  end(1, `it has not ended after ${LONGEST / 60_000} minutes`);
}, LONGEST).unref();
try {
  for (const part of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
    await PARTS[part](test);
  }
  say('all of it agrees');
} catch (error) {
  clear();
  end(1, error.message);
}
clear();

function end(status, words) {
  console[status === 0 ? 'log' : 'error'](status === 0 ? words : `error: ${words}`);
  process.exit(status);
}
