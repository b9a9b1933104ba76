// A learning rate to begin with, by the size of the model.

/**
 * Rates that have been found to work: the best of four tried for the built-in model, and the paper's for
 * models of 0.6 to 27 billion parameters (arXiv 2605.11845), one rate for all of them.
 */
const FOUND = {
  small: { parameters: 1.08e6, rate: 5e-3 },
  large: { parameters: 6e8, rate: 2e-4 },
};

export interface SuggestedRate {
  /** With two digits. */
  readonly rate: number;
  /** Why this one, as a sentence. */
  readonly reason: string;
}

/** Between the two sizes rates lie on a straight line in logarithms, about as 1 / sqrt(parameters). */
export function suggestedRate(parameters: number): SuggestedRate {
  const { small, large } = FOUND;
  if (parameters <= small.parameters) {
    return {
      rate: small.rate,
      reason:
        'It was the best of four tried with the built-in model, which has about a million parameters.',
    };
  }
  if (parameters >= large.parameters) {
    return {
      rate: large.rate,
      reason: 'It is the paper’s rate for all its models, of 0.6 to 27 billion parameters.',
    };
  }
  const place =
    Math.log(parameters / small.parameters) / Math.log(large.parameters / small.parameters);
  const rate = small.rate * (large.rate / small.rate) ** place;
  return {
    rate: Number(rate.toPrecision(2)),
    reason:
      `It lies between ${small.rate}, the best of four tried with a million parameters, and the paper’s ` +
      `${large.rate} for 0.6 billion and more, on a straight line in logarithms. It has not been tried itself.`,
  };
}
