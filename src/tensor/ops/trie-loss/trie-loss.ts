// Cross-entropy of sparse next-token targets, fused with the language-model head.
import type { Matrix } from '../../matrix.ts';
import { sumTensors } from '../../sum-tensors.ts';
import * as tf from '../../tf.ts';
import { gatherRows } from '../rows/rows.ts';
import { lossGradientKernel, lossKernel, targetsKernel } from './trie-loss-kernels.ts';
import { planPasses, rangesOf } from './passes.ts';
import type { HeadOptions, Range } from './passes.ts';
import { targetsOfRows } from './targets.ts';
import type { LossKind, SparseTargets, TargetTokens } from './targets.ts';

export type { HeadOptions, LossKind, SparseTargets, TargetTokens };

/** The loss, and its gradients times a factor (dHead only if wanted). */
export interface TrieLoss {
  readonly loss: tf.Scalar;
  gradient(factor: number, wantsHead: boolean): { dHidden: tf.Tensor2D; dHead?: tf.Tensor2D };
}

/**
 * sum over rows r of weight[r] * sum_i -t_i log p_i, log p over the whole vocabulary, plus
 * sum_i t_i log t_i for the kind `kl`. Call inside `tf.tidy`, which ends what the gradient needs.
 * @param hidden [rows, width] after the final norm @param head [vocab, width]
 */
export function trieLoss(
  hidden: tf.Tensor2D,
  head: Matrix,
  targets: SparseTargets,
  kind: LossKind,
  options: HeadOptions = {},
): TrieLoss {
  const [rows] = hidden.shape;
  const { rows: size, ...pass } = planPasses(rows, head.rows, options);
  const blocks = rangesOf(rows, size).map((range) => {
    const args = {
      hidden: rowsOf(hidden, range),
      head,
      targets: targetsOfRows(targets, range.first, range.size),
      pass,
    };
    const [loss, ...saved] = lossKernel({ ...args, kind });
    return { loss: loss as tf.Scalar, args: { ...args, saved } };
  });

  const gradient = (factor: number, wantsHead: boolean) =>
    tf.tidy(() => {
      const parts = blocks.map(({ args }) => lossGradientKernel({ ...args, factor, wantsHead }));
      const dHidden = joined(parts.map(([part]) => part as tf.Tensor2D));
      return wantsHead
        ? { dHidden, dHead: sumTensors(parts.map(([, part]) => part!)) }
        : { dHidden };
    }) as { dHidden: tf.Tensor2D; dHead?: tf.Tensor2D };
  return { loss: sumTensors(blocks.map(({ loss }) => loss)), gradient };
}

/**
 * Log-probability of every target token of every row, and nothing else of the vocabulary.
 * @param hidden [rows, width] @param head [vocab, width]
 * @returns [targets] in the order of `targets.token`
 */
export async function targetLogProbabilities(
  hidden: tf.Tensor2D,
  head: Matrix,
  { start, token }: TargetTokens,
  options: HeadOptions = {},
): Promise<Float64Array> {
  const [rows] = hidden.shape;
  const { rows: size, ...pass } = planPasses(rows, head.rows, options);
  const all = { start, token, weight: ones(rows), probability: ones(token.length) };
  const parts = tf.tidy(() =>
    rangesOf(rows, size).map((range) => {
      const targets = targetsOfRows(all, range.first, range.size);
      return targetsKernel({ hidden: rowsOf(hidden, range), head, targets, pass })[0]!;
    }),
  );
  const values = await Promise.all(parts.map((part) => part.data()));
  tf.dispose(parts);
  return Float64Array.from(values.flatMap((part) => [...part]));
}

function rowsOf(hidden: tf.Tensor2D, { first, size }: Range): tf.Tensor2D {
  if (size === hidden.shape[0]) return hidden;
  return gatherRows(
    hidden,
    Int32Array.from({ length: size }, (_, i) => first + i),
  );
}

function joined(parts: readonly tf.Tensor2D[]): tf.Tensor2D {
  return parts.length === 1 ? parts[0]! : tf.concat2d([...parts], 0);
}

const ones = (n: number) => new Float32Array(n).fill(1);
