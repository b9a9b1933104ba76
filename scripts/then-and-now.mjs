// `node scripts/then-and-now.mjs [COMMIT]`: runs command lines that once went wrong at an older commit, in a
// worktree of its own with its own packages, and here; prints for each what both said.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './ensure-installed.mjs';
import { FAULTS } from './faults.mjs';

const commit = process.argv[2] ?? 'ca5cf17';
/** A line that has not ended by then is stopped, and that is what is printed. */
const SECONDS = 60;
/** Of what a line prints; the rest of a long answer tells nothing more. */
const SHOWN = 150;

function run(command, words, cwd = root) {
  const shell = process.platform === 'win32';
  const { status } = spawnSync(command, words, { cwd, shell, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${command} ${words.join(' ')} failed`);
}

/** What a line comes to: its status and the beginning of what it says. */
function outcome(checkout, { line, input = '' }, files) {
  return new Promise((resolve) => {
    const words = line.map((word) => word.replace(/^@/, `${files}/`).replace(/^:/, `${GOLDEN}/`));
    const program = join(checkout, 'scripts/lab.mjs');
    const lab = spawn(process.execPath, [program, ...words]);
    // A line that ends before it has read everything is no failure of this script.
    lab.stdin.on('error', () => {}).end(input);
    const began = Date.now();
    const timer = setTimeout(() => lab.kill('SIGKILL'), SECONDS * 1000);
    let [printed, said] = ['', ''];
    lab.stdout.on('data', (text) => (printed += printed.length < SHOWN ? text : ''));
    lab.stderr.on('data', (text) => (said += said.length < 10_000 ? text : ''));
    lab.once('close', (status) => {
      clearTimeout(timer);
      const text = (status === 0 && printed !== '' ? printed : said).replace(/\s+/g, ' ').trim();
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      const ended = status === null ? 'stopped' : `status ${status}`;
      resolve(
        `${ended} after ${seconds} s: ${text.length > SHOWN ? `${text.slice(0, SHOWN)} …` : text}`,
      );
    });
  });
}

const GOLDEN = join(root, 'test/golden');
const folder = mkdtempSync(join(tmpdir(), 'then-and-now-'));
const then = join(folder, 'then');
run('git', ['worktree', 'add', '--detach', '--quiet', then, commit]);
try {
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], then);
  for (const [i, fault] of FAULTS.entries()) {
    const files = mkdtempSync(join(folder, `${i}-`));
    for (const [name, text] of Object.entries(fault.files ?? {})) {
      writeFileSync(join(files, name), typeof text === 'string' ? text : JSON.stringify(text));
    }
    console.log(`${fault.entry} lab ${fault.line.join(' ')}`);
    console.log(`   then ${await outcome(then, fault, files)}`);
    console.log(`   now  ${await outcome(root, fault, files)}\n`);
  }
} finally {
  run('git', ['worktree', 'remove', '--force', then]);
  rmSync(folder, { recursive: true, force: true });
}
