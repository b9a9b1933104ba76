// The reference's losses and their gradients in double precision: the oracle for everything faster.
import { InputError } from '../../src/core/errors.ts';

export interface SparseTarget {
  /** Next tokens, each once. */
  readonly tokens: ArrayLike<number>;
  readonly probabilities: ArrayLike<number>;
}

export interface SoftOptions {
  /** Temperature that divides the logits; 1 unless given. */
  readonly tau?: number;
  /** Lower bound of target probabilities before they are renormalised; 1e-8 unless given. */
  readonly epsilon?: number;
}

/**
 * KL(target || softmax(logits / tau)) over the target's tokens, the softmax over the whole
 * vocabulary: sum t (log t - log q) with t = max(p, epsilon) / sum. `logits` is [vocab], the
 * gradient too. NaN where epsilon is 0 and a probability is 0 (as in the reference).
 */
export function maskedSoftTargetKl(
  logits: ArrayLike<number>,
  { tokens, probabilities }: SparseTarget,
  { tau = 1, epsilon = 1e-8 }: SoftOptions = {},
): { loss: number; gradient: Float64Array } {
  const scaled = Float64Array.from(logits, (x) => x / tau);
  const logNormalizer = logSumExp(scaled);
  const gradient = scaled.map((x) => Math.exp(x - logNormalizer) / tau);
  const clamped = Array.from(probabilities, (p) => Math.max(p, epsilon));
  const total = clamped.reduce((sum, p) => sum + p, 0);
  let loss = 0;
  clamped.forEach((p, i) => {
    const t = p / total;
    loss += t * (Math.log(t) - (scaled[tokens[i]!]! - logNormalizer));
    gradient[tokens[i]!]! -= t / tau;
  });
  return { loss, gradient };
}

/** The mean of `maskedSoftTargetKl` over the steps of one path. `stepLogits` is [steps][vocab]. */
export function sequenceCalibrationLoss(
  stepLogits: readonly ArrayLike<number>[],
  targets: readonly SparseTarget[],
  options: SoftOptions = {},
): { loss: number; gradient: Float64Array[] } {
  if (stepLogits.length !== targets.length) {
    throw new InputError(
      'step_logits and prefix_targets must have the same length.',
      `give a target for each of the ${stepLogits.length} steps`,
      'targets',
    );
  }
  const n = targets.length;
  if (n === 0) {
    throw new InputError(
      'At least one prefix target is required to compute calibration loss.',
      'give at least one step',
      'targets',
    );
  }
  const steps = stepLogits.map((logits, i) => maskedSoftTargetKl(logits, targets[i]!, options));
  return {
    loss: steps.reduce((sum, step) => sum + step.loss, 0) / n,
    gradient: steps.map((step) => step.gradient.map((g) => g / n)),
  };
}

const IGNORED = -100;

/**
 * Cross-entropy of labels [batch][seq] under logits [batch][seq][vocab], the logits at t against
 * the label at t + 1, averaged over the labels that are not -100. NaN where all are.
 */
export function completionCrossEntropy(
  logits: readonly (readonly ArrayLike<number>[])[],
  labels: readonly ArrayLike<number>[],
): { loss: number; gradient: Float64Array[][] } {
  checkShapes(logits, labels);
  let count = 0;
  for (const row of labels) {
    for (let t = 1; t < row.length; t++) if (row[t] !== IGNORED) count++;
  }
  let loss = 0;
  const gradient = logits.map((row, b) =>
    row.map((stepLogits, t) => {
      const label = t + 1 < row.length ? labels[b]![t + 1]! : IGNORED;
      if (label === IGNORED) return new Float64Array(stepLogits.length);
      const step = maskedSoftTargetKl(stepLogits, { tokens: [label], probabilities: [1] });
      loss += step.loss;
      return step.gradient.map((g) => g / count);
    }),
  );
  return { loss: loss / count, gradient };
}

function checkShapes(logits: readonly unknown[], labels: readonly unknown[]): void {
  const length = (x: unknown) => (x as ArrayLike<unknown>).length;
  const isArray = (x: unknown) => Array.isArray(x) || ArrayBuffer.isView(x);
  const rank3 = logits.every((row) => Array.isArray(row) && row.every(isArray));
  const rank2 = labels.every((row) => isArray(row) && typeof (row as unknown[])[0] !== 'object');
  const fail = (message: string, field: string): never => {
    throw new InputError(message, 'give logits [batch][seq][vocab] and labels [batch][seq]', field);
  };
  if (!rank3) fail('logits must have shape [batch, seq_len, vocab_size].', 'logits');
  if (!rank2) fail('labels must have shape [batch, seq_len].', 'labels');
  const agree =
    logits.length === labels.length && logits.every((r, b) => length(r) === length(labels[b]));
  if (!agree) fail('logits and labels must agree on batch and sequence dimensions.', 'labels');
}

function logSumExp(x: Float64Array): number {
  const highest = x.reduce((a, b) => Math.max(a, b), -Infinity);
  return highest + Math.log(x.reduce((sum, v) => sum + Math.exp(v - highest), 0));
}
