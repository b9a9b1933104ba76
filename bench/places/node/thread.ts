// A thread of the benchmarks in Node, on WebAssembly.
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { readFile } from 'node:fs/promises';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { ModelFiles } from '../../../src/model/files/model-files.ts';
import { Session } from '../../tasks/session.ts';

const MODEL = fileURLToPath(new URL('../../../public/models/builtin', import.meta.url));
const builtin: ModelFiles = async (name) => {
  const bytes = await readFile(join(MODEL, name)).catch(() => undefined);
  return bytes && new Uint8Array(bytes);
};

const backend = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
const wasmPath = join(dirname(backend), '..', 'wasm-out') + sep;

expose(new Session({ backend: 'wasm', wasmPath, builtin }), nodeEndpoint(parentPort!));
