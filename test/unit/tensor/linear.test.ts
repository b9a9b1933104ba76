// Linear maps and their branches on wasm and cpu; dropout's hash; stored forms of weights.
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { randomStream } from '../../../src/core/random.ts';
import {
  dropoutBits,
  dropThreshold,
  keptScale,
} from '../../../src/tensor/ops/linear/lora-branch.ts';
import { toBf16Matrix, toInt8Matrix } from '../../../src/tensor/quantise.ts';
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

describe('stored forms', () => {
  beforeAll(() => startNodeBackend('cpu'));
  const random = randomStream(1, 'values');
  const values = Float32Array.from({ length: 3 * 45 }, () => random.normal());

  test('bf16 rounds to the nearest of its numbers, ties to even', () => {
    const { values: tensor } = toBf16Matrix(values, 3, 45);
    const rounded = tensor.dataSync<'float32'>();
    rounded.forEach((value, i) => {
      expect(Math.abs(value / values[i]! - 1)).toBeLessThanOrEqual(2 ** -8);
      expect(new Uint32Array(Float32Array.of(value).buffer)[0]! & 0xffff).toBe(0);
    });
    tensor.dispose();
    const ties = Float32Array.from(new Float32Array(Uint32Array.of(0x3f808000, 0x3f818000).buffer));
    const { values: even } = toBf16Matrix(ties, 1, 2);
    const words = new Uint32Array(even.dataSync<'float32'>().slice().buffer);
    expect([...words]).toEqual([0x3f800000, 0x3f820000]);
    even.dispose();
  });

  test('int8 is off by at most half a step of its block', () => {
    const { values: tensor } = toInt8Matrix(values, 3, 45);
    tensor.dataSync<'float32'>().forEach((value, i) => {
      const row = Math.floor(i / 45);
      const first = row * 45 + 32 * Math.floor((i % 45) / 32);
      const block = values.slice(first, Math.min(first + 32, (row + 1) * 45));
      const step = block.reduce((top, v) => Math.max(top, Math.abs(v)), 0) / 127;
      expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(step * 0.5001);
    });
    tensor.dispose();
  });

  test('int8 of zeros is zeros', () => {
    const { values: tensor } = toInt8Matrix(new Float32Array(70), 2, 35);
    expect([...tensor.dataSync()].every((value) => value === 0)).toBe(true);
    tensor.dispose();
  });
});
