import { expect, test } from 'vitest';
import {
  completionCrossEntropy,
  maskedSoftTargetKl,
  sequenceCalibrationLoss,
} from '../../../support/losses.ts';
import { Comparison, readGolden } from '../../../golden/golden.ts';

interface Golden {
  masked_soft_target_kl: {
    name: string;
    logits: number[];
    next_token_ids: number[];
    target_probs: number[];
    tau: number;
    epsilon: number;
    loss: number | null;
    grad: number[];
  }[];
  sequence_calibration_loss: {
    name: string;
    step_logits: number[][];
    targets: { next_token_ids: number[]; probs: number[] }[];
    tau: number;
    epsilon: number;
    loss: number;
    grad: number[][];
  }[];
  completion_cross_entropy_loss: {
    name: string;
    logits: number[][][];
    labels: number[][];
    loss: number | null;
    grad: number[][][];
  }[];
  error_cases: { name: string; message: string }[];
}
const golden = readGolden<Golden>('losses');

// Differences of nearly equal numbers (a loss of nearly 0, a gradient q - t) carry an ulp of 1.
const tolerance = { relative: 1e-9, absolute: 1e-15 };

test('losses and gradients equal the reference in double precision', () => {
  const compare = new Comparison();
  for (const c of golden.masked_soft_target_kl) {
    const target = { tokens: c.next_token_ids, probabilities: c.target_probs };
    const { loss, gradient } = maskedSoftTargetKl(c.logits, target, c);
    compare.number(loss, c.loss, c.name, tolerance);
    compare.numbers(gradient, c.grad, c.name, tolerance);
  }
  for (const c of golden.sequence_calibration_loss) {
    const targets = c.targets.map((t) => ({ tokens: t.next_token_ids, probabilities: t.probs }));
    const { loss, gradient } = sequenceCalibrationLoss(c.step_logits, targets, c);
    compare.number(loss, c.loss, c.name, tolerance);
    c.grad.forEach((g, step) => compare.numbers(gradient[step]!, g, c.name, tolerance));
  }
  for (const c of golden.completion_cross_entropy_loss) {
    const { loss, gradient } = completionCrossEntropy(c.logits, c.labels);
    compare.number(loss, c.loss, c.name, tolerance);
    c.grad.forEach((row, b) =>
      row.forEach((g, t) => compare.numbers(gradient[b]![t]!, g, c.name, tolerance)),
    );
  }
  expect(compare.count).toBe(2509);
});

test('the reference’s errors are ours, in its words', () => {
  const target = { tokens: [0], probabilities: [1] };
  const row = [[0, 1]];
  const provoke: Record<string, () => unknown> = {
    length_mismatch: () => sequenceCalibrationLoss([[0, 1]], [target, target]),
    no_steps: () => sequenceCalibrationLoss([], []),
    hard_logits_rank: () => completionCrossEntropy(row as never, [[0]]),
    hard_labels_rank: () => completionCrossEntropy([row], [[[0]]] as never),
    hard_shapes_differ: () => completionCrossEntropy([row], [[0, 1]]),
  };
  for (const { name, message } of golden.error_cases) expect(provoke[name], name).toThrow(message);
});
