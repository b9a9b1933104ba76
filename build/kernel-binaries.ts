// Compiles our WebAssembly (`src/tensor/wasm/assembly`), once for every state of its source.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FEATURES, OPTIONS } from './assembly.ts';
import { keptFile } from './kept-file.ts';

const run = promisify(execFile);
const SOURCES = fileURLToPath(new URL('../src/tensor/wasm/assembly/', import.meta.url));

const load = createRequire(import.meta.url);
const SHARED = [...OPTIONS, '--importMemory'];

/** Of memory that threads share, whose most has to be known: all that addresses can tell apart. */
const AMONG_THREADS = ['--enable=threads', '--sharedMemory', '--maximumMemory=65536'];

/** What the binaries differ in, by their names (`KERNEL_BINARIES`). */
const OWN: Readonly<Record<string, readonly string[]>> = {
  'lab-plain.wasm': FEATURES.plain,
  'lab-fused.wasm': FEATURES.fused,
  'lab-plain-shared.wasm': [...FEATURES.plain, ...AMONG_THREADS],
  'lab-fused-shared.wasm': [...FEATURES.fused, ...AMONG_THREADS],
};

export const kernelNames: readonly string[] = Object.keys(OWN);

/**
 * Compiled in a process of its own: the compiler takes over a gigabyte, which a process that goes on to
 * train or export would never give back.
 * @throws Error with the compiler's messages
 */
export async function kernelBinary(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const file = await keptFile(`${await fingerprint()}-${name}`, (place) => {
    const options = [...SHARED, ...OWN[name]!, '--baseDir', SOURCES, '--outFile', place];
    // Looked up here: a package that brings the binaries has no compiler.
    const compiler = load.resolve('assemblyscript/bin/asc.js');
    // Without the first word it would start itself once more, to have it.
    return run(process.execPath, ['--enable-source-maps', compiler, 'index.ts', ...options]);
  });
  return new Uint8Array(await readFile(file));
}

/** Of everything that the binaries depend on. */
async function fingerprint(): Promise<string> {
  const { version } = load('assemblyscript/package.json') as { version: string };
  const hash = createHash('sha256').update(JSON.stringify([version, SHARED, OWN]));
  for (const file of (await readdir(SOURCES)).sort())
    hash.update(await readFile(join(SOURCES, file)));
  return hash.digest('hex').slice(0, 16);
}
