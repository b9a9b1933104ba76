// A thread of the benchmarks in Node, on WebAssembly.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { readFile } from 'node:fs/promises';
import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { nodeBinaries } from '../../../cli/backend.ts';
import { startNodeHelper, startNodeThread } from '../../../cli/lanes/node-threads.ts';
import type { ModelFiles } from '../../../src/model/files/model-files.ts';
import { TaskSession } from '../../tasks/session.ts';

const MODEL = fileURLToPath(new URL('../../../public/models/builtin', import.meta.url));
const builtin: ModelFiles = async (name) => {
  const bytes = await readFile(join(MODEL, name)).catch(() => undefined);
  return bytes && new Uint8Array(bytes);
};

const place = {
  backend: 'wasm',
  ...(await nodeBinaries()),
  startThread: startNodeThread,
  startHelper: startNodeHelper,
  builtin,
} as const;
expose(new TaskSession(place), nodeEndpoint(parentPort!));
