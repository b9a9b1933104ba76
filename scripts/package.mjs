// Makes `lib`, what the package holds besides words: the project compiled file by file in its own layout,
// with the built page in the place of `public`. `npm pack` and `npm publish` run it first.
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ensureInstalled, root } from './ensure-installed.mjs';

ensureInstalled();
const require = createRequire(import.meta.url);
const lib = join(root, 'lib');
rmSync(lib, { recursive: true, force: true });

// Declarations are for the core alone, nothing else is imported from outside; checked to need no DOM.
const tsc = require.resolve('typescript/bin/tsc');
run(tsc, '-p', 'tsconfig.core.json');
run(tsc, '-p', 'tsconfig.package.json');
// The benchmarks measure against packages that only the repository has.
rmSync(join(lib, 'bench'), { recursive: true, force: true });

const vite = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js');
run(vite, 'build', '--logLevel', 'warn', '--sourcemap', 'false', '--outDir', 'lib/public');

// What is read as it is.
for (const path of ['src/lab/export/folder', 'src/charts/palette.css', 'scripts/chromium.mjs']) {
  cpSync(join(root, path), join(lib, path), { recursive: true });
}

function run(program, ...options) {
  const { status } = spawnSync(process.execPath, [program, ...options], {
    cwd: root,
    stdio: ['ignore', 2, 2], // `npm pack` says its own on standard output
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (status !== 0) process.exit(1);
}
