// The built page: made again when its sources are newer.
import { spawn } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGED, PACKAGED_PAGE } from '../packaged.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What the page is made of. */
const SOURCES = [
  ...['src', 'workers', 'build', 'public', 'index.html', 'embed.html', 'headless.html'],
  ...['vite.config.ts', 'svelte.config.js', 'package-lock.json'],
];

/** The folder of the page, fresh. @throws Error with the builder's words if it cannot be built */
export async function builtPage(): Promise<string> {
  if (PACKAGED) return PACKAGED_PAGE;
  const folder = join(ROOT, 'dist');
  const built = await stat(join(folder, 'headless.html')).catch(() => undefined);
  const sources = await Promise.all(SOURCES.map(newest));
  if (built === undefined || built.mtimeMs < Math.max(...sources)) await build();
  return folder;
}

/** When a file, or the newest of a folder, was changed last. */
async function newest(name: string): Promise<number> {
  const path = join(ROOT, name);
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const inside = await Promise.all((await readdir(path)).map((entry) => newest(join(name, entry))));
  return Math.max(found.mtimeMs, ...inside);
}

/** In a process of its own: the builder takes memory, and the environment says how it builds. */
function build(): Promise<void> {
  const manifest = createRequire(import.meta.url).resolve('vite/package.json');
  const vite = spawn(
    process.execPath,
    [join(dirname(manifest), 'bin', 'vite.js'), 'build', '--logLevel', 'error'],
    {
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  vite.stdout.on('data', (text: Buffer) => (said += text.toString()));
  vite.stderr.on('data', (text: Buffer) => (said += text.toString()));
  return new Promise((resolve, reject) => {
    vite.once('error', reject);
    vite.once('close', (status) =>
      status === 0
        ? resolve()
        : reject(new Error(`the page cannot be built: ${said.slice(0, 500)}`)),
    );
  });
}
