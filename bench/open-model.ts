// What opening a model takes of memory, on Linux: `npx tsx bench/open-model.ts FOLDER|FILE.gguf` loads it with its
// tokenizer onto WebAssembly and reports megabytes: of its weights, and resident before and at the peak.
import { readFileSync, writeFileSync } from 'node:fs';
import { startNodeBackend } from '../cli/backend.ts';
import { nodeFolder } from '../cli/model-folder.ts';
import { loadLanguageModel } from '../src/model/language-model.ts';
import * as tf from '../src/tensor/tf.ts';
import { wasmHeap } from './tasks/wasm-heap.ts';

const MEGABYTE = 1e6;

/** As Linux counts it for this process: `VmRSS` is now, `VmHWM` the most since it was last forgotten. */
function resident(field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  const kibibytes = Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)![1]);
  return (kibibytes * 1024) / MEGABYTE;
}

const [path = ''] = process.argv.slice(2);
await startNodeBackend('wasm');
// What starting took, such as compiling kernels, is no part of it.
writeFileSync('/proc/self/clear_refs', '5');
const start = resident('VmRSS');
await loadLanguageModel(await nodeFolder(path));
const peak = resident('VmHWM');
const weights = tf.memory().numBytes / MEGABYTE;
const heap = wasmHeap()! / MEGABYTE;
console.log(JSON.stringify({ weights, start, peak, above: peak - start, wasmHeap: heap }));
