// What rows of hidden states are asked for: weighted sparse distributions of the next token.

/** Weighted sparse targets over the rows of a hidden matrix. */
export interface SparseTargets {
  /** [rows] weight of each row's loss. */
  readonly weight: Float32Array;
  /** [rows + 1] the targets of row r are start[r] .. start[r + 1]. */
  readonly start: Int32Array;
  /** [targets] token ids. */
  readonly token: Int32Array;
  /** [targets] probabilities, summing to 1 over a row of nonzero weight. */
  readonly probability: Float32Array;
}

/** The tokens alone. */
export type TargetTokens = Pick<SparseTargets, 'start' | 'token'>;

/**
 * What the loss is reported as; the gradients are the same. `kl` is the cross-entropy less the
 * entropy of the targets: the reference's loss for soft targets.
 */
export type LossKind = 'cross-entropy' | 'kl';

/** The part of the targets that belongs to rows first .. first + rows. */
export function targetsOfRows(targets: SparseTargets, first: number, rows: number): SparseTargets {
  const [begin, end] = [targets.start[first]!, targets.start[first + rows]!];
  return {
    weight: targets.weight.subarray(first, first + rows),
    start: targets.start.subarray(first, first + rows + 1).map((at) => at - begin),
    token: targets.token.subarray(begin, end),
    probability: targets.probability.subarray(begin, end),
  };
}

/** sum over rows of weight * sum t log t: constant in the model. */
export function negativeEntropy({ weight, start, probability }: SparseTargets): number {
  let total = 0;
  weight.forEach((w, row) => {
    for (let i = start[row]!; i < start[row + 1]!; i++) {
      const t = probability[i]!;
      if (t > 0) total += w * t * Math.log(t);
    }
  });
  return total;
}
