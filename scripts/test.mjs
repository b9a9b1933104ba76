// `npm test`: installs what is missing, checks the code, builds the page and runs every test.
// `npm test -- --project unit [filter]` runs a part.
import { spawnSync } from 'node:child_process';
import { ensureInstalled, root } from './ensure-installed.mjs';

ensureInstalled();
const { ensureChromium } = await import('./chromium.mjs');
ensureChromium();

const run = (title, command, ...args) => {
  console.log(`\n— ${title}`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) {
    console.error(`error: ${title} failed`);
    process.exit(status ?? 1);
  }
};

const selection = process.argv.slice(2);
if (selection.length === 0) {
  run('formatting, lint, types, import directions', 'npm', 'run', '--silent', 'check');
}
run('build', 'npx', 'vite', 'build', '--logLevel', 'warn');
run('tests', 'npx', 'vitest', 'run', ...selection);
console.log(
  '\nLeft out: npm run test:export (the exported folder against PyTorch), which installs 5.8 GB of Python.',
);
