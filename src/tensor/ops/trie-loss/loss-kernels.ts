// The kernels of the loss over one block of rows, and their compositions.
import { defineKernel } from '../../kernel.ts';
import { matMul } from '../../mat-mul.ts';
import type { Matrix } from '../../matrix.ts';
import { sumTensors } from '../../sum-tensors.ts';
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
 * what the pass keeps: the probabilities and, where there is a soft cap, its slope. One chunk's logits
 * are there at a time, here and below.
 */
export const lossKernel = defineKernel<LossArguments>(
  'LabTrieLoss',
  (args) => {
    const { hidden, head, targets, kind, pass } = args;
    const chunks = rangesOf(head.rows, pass.chunk).map((range) =>
      tf.tidy(() => {
        const { logits, slope } = logitsOf(hidden, head, pass, range);
        const part = targetsInRange(targets, range);
        const reached =
          part.target.length === 0
            ? tf.scalar(0)
            : tf.sum(tf.mul(entriesAt(logits, part), tf.tensor1d(part.coefficient)));
        const p = tf.softmax(logits) as tf.Tensor2D;
        const kept = !pass.keeps ? [] : slope ? [p, slope] : [p];
        return { normalizer: normalizerOf(logits, p), reached, kept };
      }),
    );
    const normalizers = tf.concat(
      chunks.map(({ normalizer }) => normalizer),
      1,
    );
    const weight = tf.tensor2d(targets.weight, [1, targets.weight.length]);
    const normalised = tf.reshape(tf.matMul(weight, joined(normalizers)), []);
    const reached = sumTensors(chunks.map((chunk) => chunk.reached));
    const loss = tf.add(kind === 'kl' ? negativeEntropy(targets) : 0, tf.sub(normalised, reached));
    return [loss, normalizers, ...chunks.flatMap(({ kept }) => kept)];
  },
  { outputs: 1 },
);

/** -> [dHidden], and [dHead] if it is wanted */
export const lossGradientKernel = defineKernel<LossGradientArguments>(
  'LabTrieLossGradient',
  gradientComposed,
  {
    oracle: (args) => {
      const [, ...saved] = lossKernel.composed({ ...args, kind: 'cross-entropy' });
      return gradientComposed({ ...args, saved });
    },
  },
);

function gradientComposed(args: LossGradientArguments): tf.Tensor[] {
  const { hidden, head, targets, pass, factor, wantsHead, saved } = args;
  const [normalizers, ...kept] = saved as [tf.Tensor2D, tf.Tensor2D?, tf.Tensor2D?];
  const scale = factor / pass.temperature;
  const weight = tf.tensor2d(targets.weight, [targets.weight.length, 1]);
  const shares = tf.exp(tf.sub(normalizers, joined(normalizers))); // of the chunks in each row
  const factors = tf.mul(shares, tf.mul(weight, scale));
  const dHead: tf.Tensor[] = [];
  let dHidden: tf.Tensor | undefined;
  rangesOf(head.rows, pass.chunk).forEach((range, c) => {
    const [dHiddenSum, ...dHeadPart] = tf.tidy(() => {
      const chunk = () =>
        tf.tidy(() => {
          const { logits, slope } = logitsOf(hidden, head, pass, range);
          return slope ? [tf.softmax(logits), slope] : [tf.softmax(logits)];
        });
      const [p, slope] = kept[0] ? kept : chunk();
      const expected = tf.mul(p!, tf.slice(factors, [0, c], [-1, 1])) as tf.Tensor2D;
      const dCapped = lessTargets(expected, targetsInRange(targets, range), scale);
      const dLogits = (slope ? tf.mul(dCapped, slope) : dCapped) as tf.Tensor2D;
      const own = matMul(dLogits, headRows(head, range));
      const sum: tf.Tensor = dHidden ? tf.add(dHidden, own) : own;
      return wantsHead ? [sum, matMul(dLogits, hidden, true, false)] : [sum];
    });
    dHidden?.dispose();
    dHidden = dHiddenSum!;
    dHead.push(...dHeadPart);
  });
  return wantsHead ? [dHidden!, tf.concat(dHead, 0)] : [dHidden!];
}

/** -> [log-probabilities of the targets] */
export const targetsKernel = defineKernel<TargetsArguments>(
  'LabTargetLogProbabilities',
  ({ hidden, head, targets, pass }) => {
    const count = targets.token.length;
    const chunks = rangesOf(head.rows, pass.chunk).map((range) =>
      tf.tidy(() => {
        const { logits } = logitsOf(hidden, head, pass, range);
        const normalizer = normalizerOf(logits, tf.softmax(logits));
        const part = targetsInRange(targets, range);
        if (part.target.length === 0) return { normalizer, placed: [] };
        const places = tf.tensor2d(part.target, [part.target.length, 1], 'int32');
        return { normalizer, placed: [tf.scatterND(places, entriesAt(logits, part), [count])] };
      }),
    );
    const normalizers = chunks.map((chunk) => chunk.normalizer);
    const logits = chunks
      .flatMap(({ placed }) => placed)
      .reduce((a, b) => tf.add(a, b), tf.zeros([count]) as tf.Tensor);
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
