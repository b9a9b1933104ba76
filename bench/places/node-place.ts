// Benchmarks on WebAssembly, each task in a thread of this process.
import { Worker } from 'node:worker_threads';
import { wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { TaskSession } from '../tasks/session.ts';
import type { Place } from './place.ts';

const THREAD = new URL('./node/worker.mjs', import.meta.url);

export function nodePlace(): Place {
  return {
    backend: 'wasm',
    adapter: 'WebAssembly on the processor, one thread',
    versions: { node: process.versions.node },
    async open(task) {
      const worker = new Worker(THREAD);
      const failed = new Promise<never>((_, reject) => worker.once('error', reject));
      failed.catch(() => {}); // it is heard when something is asked of the thread
      const session = wrap<TaskSession>(nodeEndpoint(worker));
      try {
        const openSeconds = await Promise.race([session.open(task), failed]);
        return {
          openSeconds,
          run: () => Promise.race([session.run(), failed]),
          close: async () => void (await worker.terminate()),
        };
      } catch (error) {
        await worker.terminate();
        throw error;
      }
    },
    close: () => Promise.resolve(),
  };
}
