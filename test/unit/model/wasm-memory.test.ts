// Memory on WebAssembly: what is predicted beside what is taken.
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { configOfSize, type ModelConfig } from '../../../bench/model/sizes.ts';
import { memoryFigures } from '../../../bench/reports/memory-report.ts';
import { nodePlace } from '../../../bench/places/node-place.ts';
import { decoderSpecFrom } from '../../../src/model/families/index.ts';
import type { WeightFormat } from '../../../src/tensor/matrix.ts';
import { weightBytes } from '../../../src/model/memory-estimate.ts';
import { estimateWasmMemory } from '../../../src/model/wasm-memory.ts';

const builtin = JSON.parse(
  await readFile(new URL('../../../public/models/builtin/config.json', import.meta.url), 'utf8'),
) as ModelConfig;

const STEPS = 3;

/** A heap never shrinks: every case has a thread and a module of its own. */
async function peakOf(size: string, prompts: number, format: WeightFormat) {
  const batch = { prompts, promptTokens: 64, paths: 16 };
  const config = configOfSize(size, builtin);
  const thread = await nodePlace().open({ kind: 'memory', config, batch, format, seed: 1 });
  try {
    const readings = [];
    for (let step = 0; step < STEPS; step++) {
      readings.push({ ...(await thread.run()).held!, processBytes: null });
    }
    return memoryFigures(readings).peak!;
  } finally {
    await thread.close();
  }
}

test.each([
  ['builtin', 8, 'f32'],
  ['builtin', 2, 'f32'],
  ['15m', 1, 'f32'],
  ['15m', 4, 'f32'],
  ['15m', 1, 'int8'],
  ['15m', 2, 'int4'],
] as const)(
  'the estimate for the heap of %s with %i prompts and weights in %s is right within 15 percent',
  async (size, prompts, format) => {
    const figures = await peakOf(size, prompts, format);
    const { measured, estimated, estimated_over_measured: ratio } = figures;
    console.log(`${size}, ${prompts} prompts, ${format}: heap ${measured}, estimate ${estimated}`);
    expect(ratio).toBeGreaterThan(0.85);
    expect(ratio).toBeLessThan(1.15);
  },
);

test('bfloat16 counts in 32 bits', () => {
  const spec = decoderSpecFrom(configOfSize('135m', builtin));
  const estimate = estimateWasmMemory(spec, { weights: 'bf16' });
  expect(estimate).toEqual(estimateWasmMemory(spec, { weights: 'f32' }));
  expect(estimate.scoring).toBeGreaterThan(weightBytes(spec, 'f32'));
});
