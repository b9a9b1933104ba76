// The threads of this process that the lanes of a study may use.
import { availableParallelism, totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { LaneThreads, StartThread } from '../../src/lab/study/lanes/lane-messages.ts';
import type { StartHelper } from '../../src/tensor/wasm/team.ts';
import { PACKAGED } from '../packaged.ts';

/** In the repository a thread has to learn TypeScript first. */
const ending = PACKAGED ? 'js' : 'mjs';
const THREAD = new URL(`./thread.${ending}`, import.meta.url);
const HELPER = new URL(`./helper.${ending}`, import.meta.url);
/** Of the machine's memory; the rest is for everything else that runs on it. */
const SHARE = 0.75;

/** @param wished how many compute at once, this one among them; as many as the machine can feed unless given */
export const nodeThreads = (wished?: number): LaneThreads => ({
  most: (wished ?? availableParallelism()) - 1,
  ...(wished === undefined && { memory: SHARE * totalmem() }),
  start: startNodeThread,
  startHelper: startNodeHelper,
});

export const startNodeThread: StartThread = (hear, onGone) => {
  const worker = new Worker(THREAD);
  worker.on('message', hear);
  worker.on('error', () => {}); // its exit follows
  worker.on('exit', onGone);
  return {
    post: (message) => worker.postMessage(message),
    end: () => void worker.terminate(),
  };
};

/** It does not keep the process alive. */
export const startNodeHelper: StartHelper = (setup) => {
  const worker = new Worker(HELPER, { workerData: setup });
  worker.unref();
  return () => void worker.terminate();
};
