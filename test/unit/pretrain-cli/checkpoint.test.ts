// The checkpoint file: what is written is read, and a kill at any moment leaves a whole one.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCheckpointFile, writeCheckpointFile } from '../../../cli/pretrain/checkpoint.ts';
import type { PretrainCheckpoint } from '../../../cli/pretrain/checkpoint.ts';
import { InputError } from '../../../src/core/errors.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-checkpoint-'));
});
afterEach(() => rm(folder, { recursive: true }));

const checkpoint = (step: number): PretrainCheckpoint => ({
  recipe: 'a fingerprint',
  seconds: 12.5,
  tokens: 1e9,
  losses: [
    [10, 5.25],
    [20, 4.125],
  ],
  state: {
    step,
    promptTokens: 3,
    answerTokens: 4,
    optimizer: { step, first: Float32Array.of(1, 2), second: Float32Array.of(0, 3e-39) },
    parameters: new Map([['weight', { shape: [1, 2], values: Float32Array.of(-0, NaN) }]]),
  },
});

test('is read as it was written, and replaced as a whole', async () => {
  const path = join(folder, 'not', 'yet', 'there', 'state');
  expect(await readCheckpointFile(path)).toBeUndefined();
  await writeCheckpointFile(path, checkpoint(1));
  expect(await readCheckpointFile(path)).toEqual(checkpoint(1));
  await writeCheckpointFile(path, checkpoint(2));
  expect(await readCheckpointFile(path)).toEqual(checkpoint(2));
});

test('is not disturbed by the rest of a write that was cut off', async () => {
  const path = join(folder, 'state');
  await writeCheckpointFile(path, checkpoint(1));
  await writeFile(`${path}.new`, 'half a che');
  expect(await readCheckpointFile(path)).toEqual(checkpoint(1));
  await writeCheckpointFile(path, checkpoint(2));
  expect(await readCheckpointFile(path)).toEqual(checkpoint(2));
});

test('is refused when damaged, with the way out', async () => {
  const path = join(folder, 'state');
  for (const damaged of ['', 'no checkpoint']) {
    await writeFile(path, damaged);
    await expect(readCheckpointFile(path)).rejects.toThrow(InputError);
  }
});

test('is whole after kills at any moment', async () => {
  const path = join(folder, 'state');
  for (let kill = 0; kill < 3; kill++) {
    const writer = fork(new URL('../../support/checkpoint-writer.mjs', import.meta.url), [path]);
    const ended = once(writer, 'exit');
    await once(writer, 'message');
    await sleep(5 + 13 * kill);
    writer.kill('SIGKILL');
    await ended;
    const { state } = (await readCheckpointFile(path))!;
    const { values } = state.parameters.get('weight')!;
    expect(values).toHaveLength(300_000);
    expect(values.every((value) => value === state.step)).toBe(true);
    expect(state.optimizer.second).toEqual(values);
  }
});
