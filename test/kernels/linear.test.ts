// Linear maps and their branches on WebGPU inside Chromium, by the programs for either kind of adapter.
import { beforeAll, describe, expect, test } from 'vitest';
import { startBackend } from '../../src/tensor/backend.ts';
import type { DeviceFailure } from '../../src/tensor/device-failure.ts';
import { gpu } from '../../src/tensor/webgpu/gpu.ts';
import { onProcessor, tune } from '../../src/tensor/webgpu/tuning.ts';
import { checkLinear, LINEAR_CASES, nameOf } from '../support/operations/linear.ts';

const named = LINEAR_CASES.map((which) => [nameOf(which), which] as const);

let failure: DeviceFailure;
beforeAll(async () => ({ failure } = await startBackend(['webgpu'])));

test.each(named)('%s', async (_, which) => {
  await checkLinear(which, 1e-5);
  expect(failure.error).toBeUndefined();
});

describe('as on a GPU', () => {
  // An adapter whose subgroups are wider than a processor's gets the programs for GPUs.
  beforeAll(async () => {
    const adapterInfo = { subgroupMinSize: 32, subgroupMaxSize: 32 };
    Object.defineProperty(gpu().device, 'adapterInfo', { value: adapterInfo });
    expect(onProcessor()).toBe(false);
    const tiles = 'tiles 4 8';
    const tuning = {
      ...{ 'rows small': tiles, 'rows large': tiles },
      ...{ 'columns small': tiles, 'columns large': tiles },
    };
    const stored = { load: () => Promise.resolve(tuning), save: () => Promise.resolve() };
    expect(await tune('an adapter', stored)).toBe(tuning);
  });

  test.each(named.filter(([, { lora, n }]) => lora ?? n > 30))('%s', async (_, which) => {
    await checkLinear(which, 1e-5);
    expect(failure.error).toBeUndefined();
  });
});
