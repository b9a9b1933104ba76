// What attention must hold beyond its gradients: log-sums, caches, the composition, the same bits twice.
import { expect } from 'vitest';
import { randomStream } from '../../../src/core/random.ts';
import {
  attention,
  attentionGradient,
  attentionGradientKernel,
  attentionKernel,
  writeRows,
} from '../../../src/tensor/ops/attention/attention.ts';
import * as tf from '../../../src/tensor/tf.ts';
import { expectClose } from '../compare.ts';
import { nameOf, referenceAttention, shapeOf, sinkOptions, treeOf } from './attention.ts';
import type { AttentionCase } from './attention.ts';
import { tensorsOf } from './random-tree.ts';
import { randomTensor, randomValues } from './tensors.ts';

function inputsOf(c: AttentionCase) {
  const random = randomStream(3, nameOf(c));
  const n = c.rows * c.slots;
  const values = treeOf(c);
  const tree = tensorsOf(c, values);
  const options = sinkOptions(c);
  const q = randomTensor([n, c.heads * c.headDim], random) as tf.Tensor2D;
  const kv = randomTensor([n, 2 * c.kvHeads * c.headDim], random) as tf.Tensor2D;
  const dy = randomTensor([n, c.heads * c.headDim], random) as tf.Tensor2D;
  const all = [
    tree.parents,
    tree.chain,
    tree.ends,
    tree.depths,
    ...(options.sinks ? [options.sinks] : []),
    q,
    kv,
    dy,
  ];
  return { values, tree, options, q, kv, dy, all };
}

/** The logarithms of the sums against float64. */
export async function checkLogSums(c: AttentionCase, tolerance: number): Promise<void> {
  const inputs = inputsOf(c);
  const { q, kv, values, tree, options } = inputs;
  const sums = tf.tidy(() => attention(q, kv, tree, shapeOf(c), options).logSum);
  const exact = [await q.data(), await kv.data()].map((x) => Float64Array.from(x));
  const expected = referenceAttention(exact[0]!, exact[1]!, c, values).logSum;
  expectClose(await sums.data(), expected, tolerance, nameOf(c), 1);
  tf.dispose([...inputs.all, sums]);
}

/** The kernel of this backend against the composition, and against itself: the same bits twice. */
export async function checkKernel(c: AttentionCase, tolerance: number): Promise<void> {
  const before = tf.memory().numTensors;
  const inputs = inputsOf(c);
  const { q, kv, dy, tree, options } = inputs;
  const { sinks } = options;
  const shape = shapeOf(c);
  const run = () =>
    tf.tidy(() => {
      const { y, logSum } = attention(q, kv, tree, shape, options);
      const saved = { y, logSum, q, kv };
      const { dq, dkv } = attentionGradient(dy, saved, tree, shape, options);
      return [y, logSum, dq, dkv];
    });
  const [first, second] = [run(), run()];
  const composed = tf.tidy(() => {
    const [y, logSum] = attentionKernel.composed({ q, kv, tree, shape, sinks }) as tf.Tensor2D[];
    const saved = { y: y!, logSum: logSum! };
    return [
      y!,
      logSum!,
      ...attentionGradientKernel.composed({ dy, q, kv, ...saved, tree, shape, sinks }),
    ];
  });
  for (const [i, tensor] of first.entries()) {
    const values = await tensor.data();
    expect(await second[i]!.data(), `${nameOf(c)}: output ${i} again`).toEqual(values);
    expectClose(values, await composed[i]!.data(), tolerance, `${nameOf(c)}: output ${i}`);
  }
  tf.dispose([...inputs.all, first, second, composed]);
  expect(tf.memory().numTensors, nameOf(c)).toBe(before);
}

/** Text in two passes with a cache that has room to spare equals text in one pass. */
export async function checkCache(
  c: AttentionCase,
  firstQuery: number,
  tolerance: number,
): Promise<void> {
  const inputs = inputsOf(c);
  const { q, kv, tree, options } = inputs;
  const shape = shapeOf(c);
  const queries = c.slots - firstQuery;
  const width = kv.shape[1];
  const random = randomStream(4, nameOf(c));
  const noise = randomValues((c.slots + 3) * width, random).map((x) => 1e4 * x);
  const cache = tf.tensor2d(noise, [c.slots + 3, width]);
  // Read before it is written: what was read must not be taken for what is there.
  await cache.data();
  const [whole, parts] = tf.tidy(() => {
    writeRows(cache, 0, tf.slice(kv, [0, 0], [firstQuery, width]));
    writeRows(cache, firstQuery, tf.slice(kv, [firstQuery, 0], [queries, width]));
    const late = tf.slice(q, [firstQuery, 0], [queries, q.shape[1]]);
    return [
      attention(q, kv, tree, shape, options),
      attention(late, cache, tree, { ...shape, firstQuery, queries }, options),
    ] as const;
  });
  const written = (await cache.data()).subarray(0, c.slots * width);
  expect(written).toEqual(await kv.data());
  for (const name of ['y', 'logSum'] as const) {
    const expected = await whole[name].data();
    const tail = expected.subarray(firstQuery * whole[name].shape[1]);
    expectClose(await parts[name].data(), tail, tolerance, `${nameOf(c)}: ${name}`);
  }
  tf.dispose([...inputs.all, cache, whole, parts]);
}
