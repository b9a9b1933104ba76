// `node scripts/then-and-now.mjs [COMMIT] [ENTRY…]`: does what once went wrong at an older commit, in a worktree of
// its own with its own packages, and here; prints for each what both came to. Without entries it does all.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './ensure-installed.mjs';
import { FAULTS } from './faults.mjs';
import { LOOKS as IN_SOURCE } from './faults-in-source.mjs';
import { LOOKS as ON_PAGE } from './faults-on-page.mjs';

const [commit = 'ca5cf17', ...entries] = process.argv.slice(2);
/** What has not ended by then is stopped, and that is what is printed. */
const SECONDS = 120;
/** Of what is seen; the rest of a long answer tells nothing more. */
const SHOWN = 250;

const GOLDEN = join(root, 'test/golden');
const folder = mkdtempSync(join(tmpdir(), 'then-and-now-'));
const then = join(folder, 'then');
const wanted = ({ entry }) => entries.length === 0 || entries.includes(entry);
const shown = (text) => (text.length > SHOWN ? `${text.slice(0, SHOWN)} …` : text);

function run(command, words, cwd = root) {
  const shell = process.platform === 'win32';
  const { status } = spawnSync(command, words, { cwd, shell, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${command} ${words.join(' ')} failed`);
}

/** What a program comes to: its status and the beginning of what it says. */
function outcome(words, { cwd, input = '' }) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, words, { cwd });
    // A program that ends before it has read everything is no failure of this script.
    child.stdin.on('error', () => {}).end(input);
    const began = Date.now();
    const timer = setTimeout(() => child.kill('SIGKILL'), SECONDS * 1000);
    let [printed, said] = ['', ''];
    child.stdout.on('data', (text) => (printed += printed.length < 10_000 ? text : ''));
    child.stderr.on('data', (text) => (said += said.length < 10_000 ? text : ''));
    child.once('close', (status) => {
      clearTimeout(timer);
      const text = (status === 0 && printed !== '' ? printed : said).replace(/\s+/g, ' ').trim();
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      const ended = status === null ? 'stopped' : `status ${status}`;
      resolve(`${ended} after ${seconds} s: ${shown(text)}`);
    });
  });
}

function ofLine(checkout, { line, input, files = {} }) {
  const own = mkdtempSync(join(folder, 'files-'));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(own, name), typeof text === 'string' ? text : JSON.stringify(text));
  }
  const words = line.map((word) => word.replace(/^@/, `${own}/`).replace(/^:/, `${GOLDEN}/`));
  return outcome([join(checkout, 'scripts/lab.mjs'), ...words], { cwd: checkout, input });
}

function inSource(checkout, fault) {
  const own = mkdtempSync(join(folder, 'files-'));
  const script = join(root, 'scripts/look-in-source.mjs');
  const words = ['--import', 'tsx', script, checkout, IN_SOURCE.indexOf(fault), own];
  return outcome(words, { cwd: checkout });
}

async function compare(faults, name, see) {
  for (const fault of faults.filter(wanted)) {
    console.log(`${fault.entry} ${name(fault)}`);
    console.log(`   then ${await see(then, fault)}`);
    console.log(`   now  ${await see(root, fault)}\n`);
  }
}

run('git', ['worktree', 'add', '--detach', '--quiet', then, commit]);
try {
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], then);
  await compare(FAULTS, ({ line }) => `lab ${line.join(' ')}`, ofLine);
  await compare(IN_SOURCE, () => 'in the source', inSource);
  if (ON_PAGE.some(wanted)) {
    const pages = new Map([then, root].map((checkout, i) => [checkout, join(folder, `page-${i}`)]));
    for (const [checkout, page] of pages) {
      run(
        'npx',
        ['vite', 'build', '--outDir', page, '--emptyOutDir', '--logLevel', 'error'],
        checkout,
      );
    }
    const { lookAtPage } = await import('./page-looks.mjs');
    const see = async (checkout, fault) =>
      shown(JSON.stringify(await lookAtPage(pages.get(checkout), fault)));
    await compare(ON_PAGE, () => 'on the page', see);
  }
} finally {
  run('git', ['worktree', 'remove', '--force', then]);
  rmSync(folder, { recursive: true, force: true });
}
