// Compiles our WebAssembly (`src/tensor/wasm/assembly`), once for every state of its source.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiled, FEATURES, OPTIONS } from './assembly.ts';

const SOURCES = fileURLToPath(new URL('../src/tensor/wasm/assembly/', import.meta.url));
const KEPT = fileURLToPath(new URL('../node_modules/.cache/lab-kernels/', import.meta.url));

const SHARED = [...OPTIONS, '--importMemory'];

/** What the binaries differ in, by their names (`KERNEL_BINARIES`). */
const OWN: Readonly<Record<string, readonly string[]>> = {
  'lab-plain.wasm': FEATURES.plain,
  'lab-fused.wasm': FEATURES.fused,
};

export const kernelNames: readonly string[] = Object.keys(OWN);

/** @throws Error with the compiler's messages */
export async function kernelBinary(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const kept = join(KEPT, `${await fingerprint()}-${name}`);
  const known = await readFile(kept).catch(() => undefined);
  if (known) return new Uint8Array(known);
  const binary = await compiled(['index.ts', '--baseDir', SOURCES, ...SHARED, ...OWN[name]!]);
  await mkdir(KEPT, { recursive: true });
  // Renamed when it is whole: other processes may compile, and read, at the same time.
  await writeFile(`${kept}.${process.pid}`, binary);
  await rename(`${kept}.${process.pid}`, kept);
  return binary;
}

/** Of everything that the binaries depend on. */
async function fingerprint(): Promise<string> {
  const { version } = createRequire(import.meta.url)('assemblyscript/package.json');
  const hash = createHash('sha256').update(JSON.stringify([version, SHARED, OWN]));
  for (const file of (await readdir(SOURCES)).sort())
    hash.update(await readFile(join(SOURCES, file)));
  return hash.digest('hex').slice(0, 16);
}
