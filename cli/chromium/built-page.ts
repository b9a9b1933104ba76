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
  if (!(await isFresh(join(folder, 'headless.html')))) await build();
  return folder;
}

/** Whether a file is there and was made after all that the page, and what else is named, is made of. */
export async function isFresh(path: string, ...others: readonly string[]): Promise<boolean> {
  const made = await stat(path).catch(() => undefined);
  const sources = await Promise.all([...SOURCES, ...others].map(newest));
  return made !== undefined && made.mtimeMs >= Math.max(...sources);
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
