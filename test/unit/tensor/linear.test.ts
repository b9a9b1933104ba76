// Linear maps and their branches on wasm and cpu; dropout's hash.
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import {
  dropoutBits,
  dropThreshold,
  keptScale,
} from '../../../src/tensor/ops/linear/lora-branch.ts';
import { checkLinear, LINEAR_CASES, nameOf } from '../../support/operations/linear.ts';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(() => startNodeBackend(backend));

  test.each(LINEAR_CASES.map((which) => [nameOf(which), which] as const))('%s', (_, which) =>
    checkLinear(which, 1e-5),
  );
});

test.each([0.05, 0.1, 0.5, 0.9])('dropout at rate %d keeps the mean', (rate) => {
  const n = 200_000;
  const threshold = dropThreshold(rate);
  let kept = 0;
  for (let i = 0; i < n; i++) if (dropoutBits(12345, i) >= threshold) kept++;
  const deviation = Math.sqrt((rate * (1 - rate)) / n);
  expect(Math.abs(kept / n - (1 - rate))).toBeLessThan(4 * deviation);
  expect(Math.abs(keptScale(rate) * (1 - rate) - 1)).toBeLessThan(1e-6 / (1 - rate));
});

test('neighbouring entries and seeds are dropped independently', () => {
  const dropped = (seed: number, i: number) => (dropoutBits(seed, i) < dropThreshold(0.5) ? 1 : 0);
  const n = 50_000;
  for (const other of [
    (i: number) => dropped(7, i + 1),
    (i: number) => dropped(8, i),
    (i: number) => dropped(7, i + 4096),
  ]) {
    let both = 0;
    for (let i = 0; i < n; i++) both += dropped(7, i) & other(i);
    expect(Math.abs(both / n - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / n));
  }
});
