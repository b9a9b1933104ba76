// The kernels of the loss over one block of rows, and their compositions.
import { defineKernel } from '../../kernel.ts';
import { matMul } from '../../mat-mul.ts';
import type { Matrix } from '../../matrix.ts';
import * as tf from '../../tf.ts';
import { rangesOf } from './passes.ts';
import type { HeadPass, Range } from './passes.ts';
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

/** -> [loss], and what the gradient needs: here the log-normaliser [rows, 1]. */
export const lossKernel = defineKernel<LossArguments>('LabTrieLoss', (args) => {
  const { targets, kind, pass, head } = args;
  const normalizer = logNormalizer(args);
  const weight = tf.tensor2d(targets.weight, [1, targets.weight.length]);
  const constant = kind === 'kl' ? negativeEntropy(targets) : 0;
  let total = tf.add(tf.matMul(weight, normalizer), constant) as tf.Tensor;
  for (const range of rangesOf(head.rows, pass.chunk)) {
    const part = partOf(targets, range);
    if (part.coefficient.length === 0) continue;
    const values = tf.gatherND(logitsOf(args, range).logits, indexTensor(part));
    total = tf.sub(total, tf.sum(tf.mul(values, tf.tensor1d(part.coefficient))));
  }
  return [tf.reshape(total, []), normalizer];
});

/** -> [dHidden], and [dHead] if it is wanted */
export const lossGradientKernel = defineKernel<LossGradientArguments>(
  'LabTrieLossGradient',
  (args) => {
    const { hidden, head, targets, pass, factor, wantsHead, saved } = args;
    const [rows] = hidden.shape;
    const scale = factor / pass.temperature;
    const weight = tf.mul(tf.tensor2d(targets.weight, [rows, 1]), scale);
    let dHidden: tf.Tensor | undefined;
    const dHead: tf.Tensor2D[] = [];
    for (const range of rangesOf(head.rows, pass.chunk)) {
      const { logits, slope } = logitsOf(args, range);
      const p = tf.exp(tf.sub(logits, saved[0]!));
      const wanted = tf.mul(denseTargets(partOf(targets, range), rows, range), scale);
      const dLogits = tf.mul(tf.sub(tf.mul(p, weight), wanted), slope) as tf.Tensor2D;
      const part = matMul(dLogits, rowsOf(head, range));
      dHidden = dHidden === undefined ? part : tf.add(dHidden, part);
      if (wantsHead) dHead.push(matMul(dLogits, hidden, true, false));
    }
    return wantsHead ? [dHidden!, tf.concat(dHead, 0)] : [dHidden!];
  },
);

/** -> [log-probabilities of the targets] */
export const targetsKernel = defineKernel<TargetsArguments>('LabTargetLogProbabilities', (args) => {
  const { targets, pass, head } = args;
  const normalizer = logNormalizer(args);
  let result = tf.zeros([targets.token.length]) as tf.Tensor;
  for (const range of rangesOf(head.rows, pass.chunk)) {
    const part = partOf(targets, range);
    if (part.target.length === 0) continue;
    const { logits } = logitsOf(args, range);
    const values = tf.gatherND(tf.sub(logits, normalizer), indexTensor(part));
    const places = tf.tensor2d(part.target, [part.target.length, 1], 'int32');
    result = tf.add(result, tf.scatterND(places, values, [targets.token.length]));
  }
  return [result];
});

/** Log sum exp over the whole vocabulary, chunk by chunk: [rows, 1] */
function logNormalizer(args: TargetsArguments): tf.Tensor {
  const parts = rangesOf(args.head.rows, args.pass.chunk).map((range) =>
    tf.tidy(() => {
      const { logits } = logitsOf(args, range);
      const top = tf.max(logits, 1, true);
      return tf.add(top, tf.log(tf.sum(tf.exp(tf.sub(logits, top)), 1, true)));
    }),
  );
  return parts.length === 1 ? parts[0]! : tf.logSumExp(tf.concat(parts, 1), 1, true);
}

/** Logits [rows, chunk], capped and divided by the temperature, and the slope of the cap. */
function logitsOf({ hidden, head, pass }: TargetsArguments, range: Range) {
  const { temperature, softCap } = pass;
  const product = matMul(hidden, rowsOf(head, range), false, true);
  if (softCap === Infinity) return { logits: tf.div(product, temperature), slope: 1 };
  const bent = tf.tanh(tf.div(product, softCap));
  return { logits: tf.mul(bent, softCap / temperature), slope: tf.sub(1, tf.square(bent)) };
}

/** [chunk, width] */
function rowsOf(head: Matrix, { first, size }: Range): tf.Tensor2D {
  if (head.format !== 'f32') throw new Error(`no composition of a head in ${head.format}`);
  if (size === head.rows) return head.values;
  return tf.slice(head.values, [first, 0], [size, head.columns]);
}

/** The targets that fall into a range of the vocabulary. */
interface Part {
  /** [targets here, 2] row, token - first */
  readonly rowAndToken: Int32Array;
  /** [targets here] weight of the row * probability of the target */
  readonly coefficient: Float32Array;
  /** [targets here] index into the targets */
  readonly target: Int32Array;
}

function partOf({ weight, start, token, probability }: SparseTargets, range: Range): Part {
  const [rowAndToken, coefficient, target] = [[], [], []] as [number[], number[], number[]];
  for (let row = 0; row + 1 < start.length; row++) {
    for (let i = start[row]!; i < start[row + 1]!; i++) {
      const at = token[i]! - range.first;
      if (at < 0 || at >= range.size) continue;
      rowAndToken.push(row, at);
      coefficient.push(weight[row]! * probability[i]!);
      target.push(i);
    }
  }
  return {
    rowAndToken: Int32Array.from(rowAndToken),
    coefficient: Float32Array.from(coefficient),
    target: Int32Array.from(target),
  };
}

function indexTensor({ rowAndToken }: Part): tf.Tensor2D {
  return tf.tensor2d(rowAndToken, [rowAndToken.length / 2, 2], 'int32');
}

/** weight * probability at the targets' places, 0 elsewhere: [rows, chunk] */
function denseTargets({ rowAndToken, coefficient }: Part, rows: number, { size }: Range) {
  const dense = new Float32Array(rows * size);
  coefficient.forEach((value, i) => {
    dense[rowAndToken[2 * i]! * size + rowAndToken[2 * i + 1]!]! += value;
  });
  return tf.tensor2d(dense, [rows, size]);
}
