// The kernels of the loss over one block of rows, and their compositions.
import { defineKernel } from '../../kernel.ts';
import { matMul } from '../../mat-mul.ts';
import type { Matrix } from '../../matrix.ts';
import * as tf from '../../tf.ts';
import { headRows, logitsOf, normalizerOf } from './head-product.ts';
import { rangesOf } from './passes.ts';
import type { HeadPass } from './passes.ts';
import { entriesAt, lessTargets, targetsInRange } from './sparse.ts';
import { negativeEntropy } from './targets.ts';
import type { LossKind, SparseTargets } from './targets.ts';

export interface TargetsArguments {
  /** [rows, width] */
  readonly hidden: tf.Tensor2D;
  /** [vocab, width] */
  readonly head: Matrix;
  readonly targets: SparseTargets;
  readonly pass: HeadPass;
}

export interface LossArguments extends TargetsArguments {
  readonly kind: LossKind;
}

export interface LossGradientArguments extends TargetsArguments {
  /** What the loss kernel of the same backend returned after the loss. */
  readonly saved: readonly tf.Tensor[];
  readonly factor: number;
  readonly wantsHead: boolean;
}

/**
 * -> [loss], and what the gradient needs: here the log-normaliser of every chunk [rows, chunks], and
 * what the pass keeps: the probabilities and, where there is a soft cap, its slope.
 */
export const lossKernel = defineKernel<LossArguments>('LabTrieLoss', (args) => {
  const { hidden, head, targets, kind, pass } = args;
  const ranges = rangesOf(head.rows, pass.chunk);
  let total: tf.Tensor = tf.scalar(kind === 'kl' ? negativeEntropy(targets) : 0);
  const chunks = ranges.map((range) => {
    const { logits, slope } = logitsOf(hidden, head, pass, range);
    const part = targetsInRange(targets, range);
    if (part.target.length > 0) {
      const values = tf.mul(entriesAt(logits, part), tf.tensor1d(part.coefficient));
      total = tf.sub(total, tf.sum(values));
    }
    const p = tf.softmax(logits) as tf.Tensor2D;
    return { normalizer: normalizerOf(logits, p), p, slope };
  });
  const normalizers = tf.concat(
    chunks.map(({ normalizer }) => normalizer),
    1,
  );
  const weight = tf.tensor2d(targets.weight, [1, targets.weight.length]);
  total = tf.add(total, tf.reshape(tf.matMul(weight, joined(normalizers)), []));
  if (!pass.keeps) return [total, normalizers];
  const { p, slope } = chunks[0]!;
  return slope ? [total, normalizers, p, slope] : [total, normalizers, p];
});

/** -> [dHidden], and [dHead] if it is wanted */
export const lossGradientKernel = defineKernel<LossGradientArguments>(
  'LabTrieLossGradient',
  ({ hidden, head, targets, pass, factor, wantsHead, saved }) => {
    const [normalizers, ...kept] = saved as [tf.Tensor2D, tf.Tensor2D?, tf.Tensor2D?];
    const scale = factor / pass.temperature;
    const weight = tf.tensor2d(targets.weight, [targets.weight.length, 1]);
    const shares = tf.exp(tf.sub(normalizers, joined(normalizers))); // of the chunks in each row
    const factors = tf.mul(shares, tf.mul(weight, scale));
    const dHidden: tf.Tensor[] = [];
    const dHead: tf.Tensor[] = [];
    rangesOf(head.rows, pass.chunk).forEach((range, c) => {
      const chunk = () => {
        const { logits, slope } = logitsOf(hidden, head, pass, range);
        return [tf.softmax(logits), slope] as const;
      };
      const [p, slope] = kept[0] ? kept : chunk();
      const expected = tf.mul(p!, tf.slice(factors, [0, c], [-1, 1])) as tf.Tensor2D;
      const dCapped = lessTargets(expected, targetsInRange(targets, range), scale);
      const dLogits = (slope ? tf.mul(dCapped, slope) : dCapped) as tf.Tensor2D;
      dHidden.push(matMul(dLogits, headRows(head, range)));
      if (wantsHead) dHead.push(matMul(dLogits, hidden, true, false));
    });
    const sum = dHidden.reduce((a, b) => tf.add(a, b));
    return wantsHead ? [sum, tf.concat(dHead, 0)] : [sum];
  },
);

/** -> [log-probabilities of the targets] */
export const targetsKernel = defineKernel<TargetsArguments>(
  'LabTargetLogProbabilities',
  ({ hidden, head, targets, pass }) => {
    const count = targets.token.length;
    const normalizers: tf.Tensor[] = [];
    let logits = tf.zeros([count]) as tf.Tensor;
    for (const range of rangesOf(head.rows, pass.chunk)) {
      const chunk = logitsOf(hidden, head, pass, range).logits;
      normalizers.push(normalizerOf(chunk, tf.softmax(chunk)));
      const part = targetsInRange(targets, range);
      if (part.target.length === 0) continue;
      const places = tf.tensor2d(part.target, [part.target.length, 1], 'int32');
      logits = tf.add(logits, tf.scatterND(places, entriesAt(chunk, part), [count]));
    }
    const normalizer = joined(tf.concat(normalizers, 1) as tf.Tensor2D);
    return [tf.sub(logits, entriesAt(normalizer, { rowAndToken: rowsOfTargets(targets) }))];
  },
);

/** Log-normalisers of the whole vocabulary from those of its chunks: [rows, 1] */
function joined(normalizers: tf.Tensor2D): tf.Tensor2D {
  return normalizers.shape[1] === 1 ? normalizers : tf.logSumExp(normalizers, 1, true);
}

/** [targets, 2] row of each target, 0 */
function rowsOfTargets({ start, token }: SparseTargets): Int32Array {
  const rows = new Int32Array(2 * token.length);
  for (let row = 0; row + 1 < start.length; row++) {
    for (let i = start[row]!; i < start[row + 1]!; i++) rows[2 * i] = row;
  }
  return rows;
}
