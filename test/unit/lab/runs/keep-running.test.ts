// A run that survives what happens to its machine.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Checkpoint } from '../../../../src/lab/events.ts';
import { keepRunning, MOST_RECOVERIES } from '../../../../src/lab/runs/keep-running.ts';
import { InputError } from '../../../../src/core/errors.ts';
import {
  DeviceLostError,
  OutOfMemoryError,
  ProgramError,
} from '../../../../src/tensor/device-errors.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A run whose attempts fail as told, and then go well. */
async function runThrough(faults: Error[], { cancelAfter = Infinity } = {}) {
  const attempts: [from: number | undefined, avoid: readonly string[] | undefined][] = [];
  const told: string[] = [];
  let at = 0;
  const ending = keepRunning({
    attempt: async (from, avoid) => {
      attempts.push([from?.step, avoid]);
      const fault = faults.shift();
      if (fault) throw fault;
      return 'done';
    },
    rewind: async (): Promise<Checkpoint> => ({ arm: 'soft', step: (at += 5), state: null }),
    backend: () => 'webgpu',
    onRecovery: ({ kind }, recovery) => void told.push(`${kind} ${recovery}`),
    isWanted: () => attempts.length < cancelAfter,
  });
  await vi.runAllTimersAsync();
  return { ending: await ending, attempts, told };
}
const lost = () => new DeviceLostError('the GPU was lost');

test('K2: a lost device is waited for, and the run goes on from its checkpoint by itself', async () => {
  const { ending, attempts, told } = await runThrough([lost(), lost()]);
  expect(ending).toEqual({ status: 'done', error: null });
  expect(attempts).toEqual([
    [undefined, undefined],
    [5, undefined],
    [10, undefined],
  ]);
  expect(told).toEqual(['device 1', 'device 2']);
});

test('K2: a device that fails again and again is left for WebAssembly, then given up', async () => {
  const { ending, attempts } = await runThrough([lost(), lost(), lost(), lost()]);
  expect(attempts).toHaveLength(1 + MOST_RECOVERIES);
  expect(attempts.at(-1)).toEqual([15, ['webgpu']]);
  expect(ending).toMatchObject({ status: 'failed', error: { kind: 'device', fault: 'lost' } });
  expect(ending.error?.message).toContain('went on by itself 3 times');
});

test.each([new OutOfMemoryError('no room'), new ProgramError('it does not compile')])(
  'K1: what the device cannot do (%s) is done on WebAssembly at once',
  async (fault) => {
    const { ending, attempts } = await runThrough([fault]);
    expect(ending.status).toBe('done');
    expect(attempts[1]).toEqual([5, ['webgpu']]);
  },
);

test('faults of the input or of the lab are not tried again', async () => {
  for (const error of [new InputError('sigma is 0', 'Give another.'), new TypeError('oops')]) {
    const { ending, attempts } = await runThrough([error]);
    expect(ending.status).toBe('failed');
    expect(attempts).toHaveLength(1);
  }
});

test('a run that was cancelled meanwhile is not gone on with', async () => {
  const { ending, attempts } = await runThrough([lost()], { cancelAfter: 1 });
  expect(ending.status).toBe('cancelled');
  expect(attempts).toHaveLength(1);
});
