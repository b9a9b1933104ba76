// The kernels of the loss over one block of rows, and their compositions.
import { defineKernel } from '../../kernel.ts';
import { matMul, matMulByWeight } from '../../mat-mul.ts';
import type { Matrix } from '../../matrix.ts';
import { sumTensors } from '../../sum-tensors.ts';
import * as tf from '../../tf.ts';
import { logitsOf, normalizerOf, softmaxOf } from './head-product.ts';
import { rangesOf } from './passes.ts';
import type { HeadPass } from './passes.ts';
import { entriesAt, lessTargets, targetsInRange, type TargetsInRange } from './sparse.ts';
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
 * where the pass keeps them, the probabilities of every chunk, each followed by the slope of the soft
 * cap where there is one. Of what is not kept one chunk is there at a time, here and below.
 */
export const lossKernel = defineKernel<LossArguments>(
  'LabTrieLoss',
  (args) => {
    const { hidden, head, targets, kind, pass } = args;
    const chunks = rangesOf(head.rows, pass.chunk).map((range) => {
      const part = targetsInRange(targets, range);
      const tensors = tf.tidy(() => {
        const { logits, slope } = logitsOf(hidden, head, pass, range);
        const p = softmaxOf(logits);
        const kept = !pass.keeps ? [] : slope ? [p, slope] : [p];
        const reached = part.target.length > 0 ? [entriesAt(logits, part)] : [];
        return { normalizer: normalizerOf(logits, p), reached, kept };
      });
      return { part, ...tensors };
    });
    const normalizers = tf.concat(
      chunks.map(({ normalizer }) => normalizer),
      1,
    );
    const whole = joined(normalizers);
    const losses = chunks.flatMap(({ part, reached }) =>
      reached.map((logits) => lossAtTargets(whole, part, logits, kind)),
    );
    const loss = losses.length === 0 ? tf.scalar(0) : sumTensors(losses);
    return [loss, normalizers, ...chunks.flatMap(({ kept }) => kept)];
  },
  { outputs: 1 },
);

/**
 * Targets are compared with log-probabilities one by one: sums of logits would be large numbers whose
 * difference is the loss, and its last digits their rounding.
 * @param normalizer [rows, 1] @param reached [targets here] their logits
 */
function lossAtTargets(
  normalizer: tf.Tensor2D,
  { rowAndToken, coefficient, probability }: TargetsInRange,
  reached: tf.Tensor1D,
  kind: LossKind,
): tf.Scalar {
  const rows = rowAndToken.map((index, i) => (i % 2 === 0 ? index : 0));
  const surprise = tf.sub(entriesAt(normalizer, { rowAndToken: rows }), reached);
  const expected = Float32Array.from(probability, (t) => (t > 0 ? Math.log(t) : 0));
  const each = kind === 'kl' ? tf.add(surprise, tf.tensor1d(expected)) : surprise;
  return tf.sum(tf.mul(each, tf.tensor1d(coefficient)));
}

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
  const [normalizers, ...kept] = saved as [tf.Tensor2D, ...tf.Tensor2D[]];
  const scale = factor / pass.temperature;
  const weight = tf.tensor2d(targets.weight, [targets.weight.length, 1]);
  const shares = tf.exp(tf.sub(normalizers, joined(normalizers))); // of the chunks in each row
  const factors = tf.mul(shares, tf.mul(weight, scale));
  const ranges = rangesOf(head.rows, pass.chunk);
  const perChunk = kept.length / ranges.length;
  const dHead: tf.Tensor[] = [];
  let dHidden: tf.Tensor | undefined;
  ranges.forEach((range, c) => {
    const [dHiddenSum, ...dHeadPart] = tf.tidy(() => {
      const chunk = () =>
        tf.tidy(() => {
          const { logits, slope } = logitsOf(hidden, head, pass, range);
          return slope ? [softmaxOf(logits), slope] : [softmaxOf(logits)];
        });
      const own = kept.slice(c * perChunk, (c + 1) * perChunk);
      const [p, slope] = own.length > 0 ? own : chunk();
      const expected = tf.mul(p!, tf.slice(factors, [0, c], [-1, 1])) as tf.Tensor2D;
      const dCapped = lessTargets(expected, targetsInRange(targets, range), scale);
      const dLogits = (slope ? tf.mul(dCapped, slope) : dCapped) as tf.Tensor2D;
      const part = matMulByWeight(dLogits, head, range);
      const sum: tf.Tensor = dHidden ? tf.add(dHidden, part) : part;
      return wantsHead ? [sum, matMul(dLogits, hidden, true, false)] : [sum];
    });
    dHidden?.dispose();
    dHidden = dHiddenSum!;
    dHead.push(...dHeadPart);
  });
  return wantsHead ? [dHidden!, tf.concat(dHead, 0)] : [dHidden!];
}

/**
 * -> [log-probabilities of the targets]. Logits are large numbers whose last digits are their rounding:
 * what is added up is how far they lie below the row's highest, which is exact.
 */
export const targetsKernel = defineKernel<TargetsArguments>(
  'LabTargetLogProbabilities',
  ({ hidden, head, targets, pass }) => {
    const count = targets.token.length;
    const chunks = rangesOf(head.rows, pass.chunk).map((range) =>
      tf.tidy(() => {
        const { logits } = logitsOf(hidden, head, pass, range);
        const highest = tf.max(logits, 1, true);
        const share = tf.log(tf.max(softmaxOf(logits), 1, true)); // of the highest in the chunk
        const part = targetsInRange(targets, range);
        if (part.target.length === 0) return { highest, share, placed: [] };
        const places = tf.tensor2d(part.target, [part.target.length, 1], 'int32');
        return { highest, share, placed: [tf.scatterND(places, entriesAt(logits, part), [count])] };
      }),
    );
    const each = tf.concat2d(chunks.map(({ highest }) => highest) as tf.Tensor2D[], 1);
    const highest = tf.max(each, 1, true) as tf.Tensor2D;
    const shares = tf.concat2d(chunks.map(({ share }) => share) as tf.Tensor2D[], 1);
    const normalizer = joined(tf.sub(tf.sub(each, highest), shares) as tf.Tensor2D);
    const logits = chunks
      .flatMap(({ placed }) => placed)
      .reduce((a, b) => tf.add(a, b), tf.zeros([count]) as tf.Tensor);
    const rows = { rowAndToken: rowsOfTargets(targets) };
    return [tf.sub(tf.sub(logits, entriesAt(highest, rows)), entriesAt(normalizer, rows))];
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
