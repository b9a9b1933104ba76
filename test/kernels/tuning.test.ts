// Choosing a variant for the adapter: every candidate is right, the choice is remembered.
import { beforeAll, expect, test } from 'vitest';
import { randomStream } from '../../src/core/random.ts';
import { startBackend } from '../../src/tensor/backend.ts';
import * as tf from '../../src/tensor/tf.ts';
import { gemmProgram, gemmTile } from '../../src/tensor/webgpu/gemm.ts';
import { gpu } from '../../src/tensor/webgpu/gpu.ts';
import { tune, variantName } from '../../src/tensor/webgpu/tuning.ts';
import type { Tuning } from '../../src/tensor/webgpu/tuning.ts';
import { expectClose } from '../support/compare.ts';

beforeAll(() => startBackend(['webgpu']));

const [N, K, M] = [70, 23, 67];

/** All kinds, also those that this adapter would not choose. */
const VARIANTS = [
  { kind: 'tiles', height: 4, width: 4 },
  { kind: 'registers', height: 8, width: 4 },
  { kind: 'registers', height: 1, width: 4 },
  { kind: 'subgroup', height: 16, width: 8 },
] as const;

test.each(VARIANTS.map((v) => [variantName(v), v] as const))('%s', async (_, variant) => {
  if (variant.kind === 'subgroup' && !gpu().device.features.has('subgroups')) return;
  const random = randomStream(1, 'tuning');
  const draw = (size: number) => Float32Array.from({ length: size }, () => random.normal());
  for (const form of ['rows', 'columns'] as const) {
    const [rows, columns] = form === 'rows' ? [M, K] : [K, M];
    const [x, w] = [draw(N * K), draw(rows * columns)];
    const expected = new Float64Array(N * M);
    for (let i = 0; i < N; i++) {
      for (let j = 0; j < M; j++) {
        for (let k = 0; k < K; k++) {
          expected[i * M + j]! += x[i * K + k]! * w[form === 'rows' ? j * K + k : k * M + j]!;
        }
      }
    }
    const [xs, ws] = [tf.tensor2d(x, [N, K]), tf.tensor2d(w, [rows, columns])];
    const y = gpu().output([N, M]);
    const tile = gemmTile(variant);
    gpu().run(gemmProgram(form, { format: 'f32', columns }, K, variant), {
      tensors: { x: xs, w: ws, y },
      uniforms: { n: N, k: K, m: M, wFirst: 0, wColumns: columns },
      workgroups: [Math.ceil(M / tile.columns), Math.ceil(N / tile.rows)],
    });
    const result = tf.engine().makeTensorFromTensorInfo(y);
    expectClose(await result.data(), expected, 1e-5, form);
    tf.dispose([xs, ws, result]);
  }
});

test('what was measured is stored and used again; nonsense is measured anew', async () => {
  const stored = new Map<string, unknown>();
  let loads = 0;
  const store = {
    load: async (adapter: string) => {
      loads++;
      return stored.get(adapter);
    },
    save: async (adapter: string, tuning: Tuning) => void stored.set(adapter, tuning),
  };
  const first = await tune('an adapter', store);
  expect(stored.get('an adapter')).toEqual(first);
  stored.set('an adapter', { ...first });
  expect(await tune('an adapter', store)).toEqual(first);
  for (const nonsense of [null, 5, { rows: 'tiles 1x1' }, { rows: 1, columns: [] }]) {
    stored.set('an adapter', nonsense);
    expect(Object.keys(await tune('an adapter', store))).toEqual(['rows', 'columns']);
    expect(stored.get('an adapter')).not.toBe(nonsense);
  }
  expect(loads).toBe(6);
  const failing = {
    load: () => Promise.reject(new Error('no')),
    save: () => Promise.reject(new Error('no')),
  };
  await expect(tune('an adapter', failing)).resolves.toBeDefined();
});
