// The workers of a page that a study may use. Lanes need no memory that is shared, and so no headers of the host;
// helpers do, and are there where the page is isolated from other origins.
import { machineMemory } from '../src/lab/models/machine-memory.ts';
import { newId } from '../src/lab/new-id.ts';
import { usualThreads } from '../src/lab/study/lanes/thread-counts.ts';
import type { FromLane, LaneThreads, StartThread } from '../src/lab/study/lanes/lane-messages.ts';
import type { StartHelper } from '../src/tensor/wasm/team.ts';

/** @param wished how many compute at once, this one among them; as many as is usual here unless given */
export const pageThreads = (wished?: number): LaneThreads => ({
  most: (wished ?? usualThreads(navigator.hardwareConcurrency || 1)) - 1,
  ...(wished === undefined && { memory: machineMemory('cpu') }),
  start: startPageThread,
  startHelper: startPageHelper,
});

const startPageThread: StartThread = (hear, onGone) => {
  const name = `lane ${newId()}`;
  const worker = new Worker(new URL('./lane.worker.ts', import.meta.url), { type: 'module', name });
  let watched = false;
  worker.addEventListener('message', ({ data }: MessageEvent<FromLane>) => {
    // By now the worker holds its lock.
    if (!watched) void navigator.locks?.request(name, onGone);
    watched = true;
    hear(data);
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault(); // it is not the page's error: the lane is replaced
    onGone();
  });
  return {
    post: (message) => worker.postMessage(message),
    end: () => worker.terminate(),
  };
};

const startPageHelper: StartHelper = (setup) => {
  const worker = new Worker(new URL('./helper.worker.ts', import.meta.url), { type: 'module' });
  worker.postMessage(setup);
  return () => worker.terminate();
};
