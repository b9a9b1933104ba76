// The temperature baseline: a model whose answers are sampled at another temperature.
import type { EvaluatedModel } from '../../evaluation/evaluated-model.ts';

/** A power of less would be told from others by few digits. */
const LEAST = 1e-30;

/** Divides the logits by `temperature`; a temperature that is asked for beside it multiplies it. */
export function atTemperature(
  model: EvaluatedModel,
  temperature: number,
): Pick<EvaluatedModel, 'sample' | 'firstTokenProbabilities'> {
  const { firstTokenProbabilities } = model;
  return {
    sample: (prompt, n, options) =>
      model.sample(prompt, n, {
        ...options,
        temperature: temperature * (options.temperature ?? 1),
      }),
    ...(firstTokenProbabilities && {
      async firstTokenProbabilities(prompt, signal) {
        const usual = await firstTokenProbabilities(prompt, signal);
        const top = usual.reduce((most, p) => Math.max(most, p), 0);
        // In single precision the powers of small probabilities are all 0: those of their ratios are not.
        const unit = top ** (1 / temperature) < LEAST ? top : 1;
        const powers = usual.map((p) => (p / unit) ** (1 / temperature));
        const total = powers.reduce((sum, p) => sum + p, 0);
        return powers.map((p) => p / total);
      },
    }),
  };
}
