// tfjs's own WebAssembly with vectors: as it comes, and with memory that threads may share.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { TFJS_BINARIES } from '../src/tensor/wasm/tfjs-binaries.ts';
import { KEPT, keptFile } from './kept-file.ts';

const load = createRequire(import.meta.url);

/** @param name one of `TFJS_BINARIES` */
export async function tfjsBinary(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const main = load.resolve('@tensorflow/tfjs-backend-wasm');
  const own = await readFile(join(dirname(main), '..', 'wasm-out', TFJS_BINARIES.own));
  const bytes = new Uint8Array(own);
  return name === TFJS_BINARIES.shared ? withSharedMemory(bytes) : bytes;
}

/** The folder that all of them lie in, written where it is not there yet. */
export async function tfjsFolder(): Promise<string> {
  const { version } = load('@tensorflow/tfjs-backend-wasm/package.json') as { version: string };
  const folder = `tfjs-${version}`;
  for (const name of Object.values(TFJS_BINARIES)) {
    await keptFile(join(folder, name), async (place) => writeFile(place, await tfjsBinary(name)));
  }
  return join(KEPT, folder);
}

const HEADER_BYTES = 8;
const MEMORY_SECTION = 5;
/** How a memory's limits begin: with a most, for one thread or for several. */
const BOUNDED = 1;
const SHARED = 3;

/** The same module, whose one memory is declared to be shared. @throws Error if it has no most */
function withSharedMemory(module: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let at = HEADER_BYTES;
  while (module[at] !== MEMORY_SECTION) {
    const { value: size, next } = readSize(module, at + 1);
    at = next + size;
  }
  // After the section's size comes the number of memories, which is 1, and the first one's limits.
  const limits = readSize(module, at + 1).next + 1;
  if (module[limits] !== BOUNDED) throw new Error('the memory of tfjs has no most');
  const copy = module.slice();
  copy[limits] = SHARED;
  return copy;
}

/** An unsigned integer of seven bits a byte. */
function readSize(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined) throw new Error('the module of tfjs has no memory');
    value |= (byte & 127) << shift;
    if (byte < 128) return { value, next: at };
  }
}
