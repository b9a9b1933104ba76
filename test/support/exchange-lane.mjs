// One lane of a test of the gradient exchange: sums its gradients round by round and reports them.
import { register } from 'tsx/esm/api';
import { parentPort, workerData } from 'node:worker_threads';

register();
const { GradientExchange } = await import('../../cli/pretrain/gradient-exchange.ts');

const { memory, lane, rounds, pauses } = workerData;
const exchange = new GradientExchange(memory, lane);
const sums = rounds.map((gradient, round) => {
  // Lanes never arrive together.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauses[round]);
  return exchange.sum(gradient);
});
parentPort.postMessage(sums);
