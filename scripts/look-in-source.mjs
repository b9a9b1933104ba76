// `node --import tsx scripts/look-in-source.mjs CHECKOUT NUMBER FOLDER`, in the checkout: one look of
// faults-in-source.mjs at that version, printed as JSON. A process of its own: a look may never end.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LOOKS } from './faults-in-source.mjs';

const [checkout, number, folder] = process.argv.slice(2);

/** What the first of these files that the version has exports by that name; `*` is all of it. */
async function load(name, ...paths) {
  const path = paths.map((each) => join(checkout, each)).find((each) => existsSync(each));
  if (path === undefined) throw new Error(`this version has no ${paths[0]}`);
  const all = await import(pathToFileURL(path).href);
  if (name !== '*' && !(name in all)) throw new Error(`${path} has no ${name}`);
  return name === '*' ? all : all[name];
}

/** A command that has not ended by then is stopped here: nobody else would. */
const MS = 90_000;

/**
 * Runs a command line of the version.
 * @param leaves whether whoever reads what it says leaves after the first of it
 * @param interruptAt the words at which it is interrupted, as by Ctrl-C
 */
function lab(line, { leaves = false, interruptAt } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(checkout, 'scripts/lab.mjs'), ...line]);
    const timer = setTimeout(() => child.kill('SIGKILL'), MS);
    let said = '';
    let interrupted = false;
    child.stdout.resume();
    child.stderr.on('data', (text) => {
      said += text;
      if (leaves) child.stderr.destroy();
      // A second time it would end at once.
      if (interruptAt?.test(said) && !interrupted) interrupted = child.kill('SIGINT');
    });
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? 'stopped', said: said.trim() });
    });
  });
}

const golden = fileURLToPath(new URL('../test/golden', import.meta.url));
const seen = await LOOKS[number].look({ load, lab, golden, folder }).catch((error) => `${error}`);
process.stdout.write(JSON.stringify(seen));
process.exit();
