// Lanes in threads of their own, adding up their gradients.
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { exchangeMemory } from '../../../cli/pretrain/gradient-exchange.ts';
import { randomStream } from '../../../src/core/random.ts';

const SIZE = 1001;
const ROUNDS = 6;

test.each([2, 3])(
  '%d lanes all get the sum in the order of the lanes, round after round',
  async (lanes) => {
    const memory = exchangeMemory(lanes, SIZE);
    const random = randomStream(1, 'exchange', lanes);
    // Magnitudes differ wildly, so that another order of additions gives other bits.
    const draw = () => Math.fround(random.normal() * 10 ** (random.integer(9) - 4));
    const gradients = Array.from({ length: lanes }, () =>
      Array.from({ length: ROUNDS }, () => Float32Array.from({ length: SIZE }, draw)),
    );
    const sums = await Promise.all(
      gradients.map((rounds, lane) => {
        const pauses = rounds.map(() => random.integer(15));
        return resultOf({ memory, lane, rounds, pauses });
      }),
    );
    for (let round = 0; round < ROUNDS; round++) {
      const expected = gradients[0]![round]!.slice();
      for (let lane = 1; lane < lanes; lane++) {
        gradients[lane]![round]!.forEach((value, i) => (expected[i]! += value));
      }
      for (const lane of sums) expect(lane[round]).toEqual(expected);
    }
  },
);

function resultOf(workerData: object): Promise<Float32Array[]> {
  const worker = new Worker(new URL('../../support/exchange-lane.mjs', import.meta.url), {
    workerData,
  });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
