// The threads of this process that the lanes of a study may use.
import { availableParallelism, totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { LaneThreads, StartThread } from '../../src/lab/study/lanes/lane-messages.ts';
import { PACKAGED } from '../packaged.ts';

/** In the repository a thread has to learn TypeScript first. */
const THREAD = new URL(PACKAGED ? './thread.js' : './thread.mjs', import.meta.url);
/** Of the machine's memory; the rest is for everything else that runs on it. */
const SHARE = 0.75;

/** @param wished how many compute at once, this one among them; as many as the machine can feed unless given */
export const nodeThreads = (wished?: number): LaneThreads => ({
  most: (wished ?? availableParallelism()) - 1,
  ...(wished === undefined && { memory: SHARE * totalmem() }),
  start: startNodeThread,
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
