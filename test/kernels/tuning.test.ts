// Choosing a variant for the adapter: every candidate is right, the choice is remembered.
import { beforeAll, expect, test } from 'vitest';
import { randomStream } from '../../src/core/random.ts';
import { startBackend } from '../../src/tensor/backend.ts';
import * as tf from '../../src/tensor/tf.ts';
import { gemmProgram, gemmWorkgroups } from '../../src/tensor/webgpu/gemm.ts';
import { gpu } from '../../src/tensor/webgpu/gpu.ts';
import { tune, variantName } from '../../src/tensor/webgpu/tuning.ts';
import type { Tuning } from '../../src/tensor/webgpu/tuning.ts';
import { expectClose } from '../support/compare.ts';

beforeAll(() => startBackend(['webgpu']));

/** All kinds, also those that this adapter would not choose. */
const VARIANTS = [
  { kind: 'tiles', height: 4, side: 16 },
  { kind: 'tiles', height: 4, side: 8 },
  { kind: 'registers', height: 8, side: 4 },
  { kind: 'registers', height: 1, side: 8 },
  { kind: 'lanes', height: 4, side: 1 },
  { kind: 'subgroup', height: 16, side: 4 },
] as const;

const SIZES = [
  { n: 70, k: 23, m: 67 },
  { n: 5, k: 300, m: 12 },
] as const;

test.each(VARIANTS.map((v) => [variantName(v), v] as const))('%s', async (_, variant) => {
  if (variant.kind === 'subgroup' && !gpu().device.features.has('subgroups')) return;
  const random = randomStream(1, 'tuning');
  const draw = (size: number) => Float32Array.from({ length: size }, () => random.normal());
  for (const form of ['rows', 'columns'] as const) {
    for (const { n, k, m } of SIZES) {
      const [rows, columns] = form === 'rows' ? [m, k] : [k, m];
      const [x, w] = [draw(n * k), draw(rows * columns)];
      const expected = new Float64Array(n * m);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < m; j++) {
          for (let t = 0; t < k; t++) {
            expected[i * m + j]! += x[i * k + t]! * w[form === 'rows' ? j * k + t : t * m + j]!;
          }
        }
      }
      const [xs, ws] = [tf.tensor2d(x, [n, k]), tf.tensor2d(w, [rows, columns])];
      const y = gpu().output([n, m]);
      gpu().run(gemmProgram(form, { format: 'f32', columns }, { k, m }, variant), {
        tensors: { x: xs, w: ws, y },
        uniforms: { n, k, m, wFirst: 0, wColumns: columns },
        workgroups: gemmWorkgroups(variant, n, m),
      });
      const result = tf.engine().makeTensorFromTensorInfo(y);
      expectClose(await result.data(), expected, 1e-5, `${form} ${n} x ${k} x ${m}`);
      tf.dispose([xs, ws, result]);
    }
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
  for (const nonsense of [
    null,
    5,
    { 'rows small': 'tiles 1 1' },
    { 'rows small': 1, 'rows large': [] },
  ]) {
    stored.set('an adapter', nonsense);
    expect(await tune('an adapter', store)).toEqual(first);
    expect(stored.get('an adapter')).not.toBe(nonsense);
  }
  expect(loads).toBe(6);
  const failing = {
    load: () => Promise.reject(new Error('no')),
    save: () => Promise.reject(new Error('no')),
  };
  await expect(tune('an adapter', failing)).resolves.toBeDefined();
});

test('on a GPU every form and size gets the quickest of several', async () => {
  const adapterInfo = { subgroupMinSize: 32, subgroupMaxSize: 32 };
  Object.defineProperty(gpu().device, 'adapterInfo', { value: adapterInfo });
  const tensors = tf.memory().numTensors;
  const tuning = await tune('an adapter');
  expect(Object.keys(tuning).sort()).toEqual([
    'columns large',
    'columns small',
    'rows large',
    'rows small',
  ]);
  for (const name of Object.values(tuning)) expect(name).toMatch(/^(tiles|registers) 4 (8|16)$/);
  expect(tf.memory().numTensors).toBe(tensors);
});
