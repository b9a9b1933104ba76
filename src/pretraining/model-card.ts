// The model card of the built-in model: what it is, how it was made, what was measured.
import type { PretrainingRecipe } from './recipe.ts';

/** Figures measured on the finished model, before any fine-tuning. */
export interface ModelFigures {
  readonly parameters: number;
  readonly bytes: number;
  /** Means over the 30 families of the paper-selected prompts, 2 decimals, 1001 bins. */
  readonly validMass: number;
  readonly totalVariation: number;
  readonly kl: number;
  /** Share of two-digit sums answered right, greedily. */
  readonly addition: number;
  /** Median over those prompts of |answer - quantile| in units of the interquartile range. */
  readonly quantileError: number;
  /** How pretraining went. */
  readonly backend: string;
  readonly seconds: number;
  readonly tokens: number;
  readonly firstLoss: number;
  readonly lastLoss: number;
}

/** README.md of the model folder. */
export function modelCard(recipe: PretrainingRecipe, figures: ModelFigures): string {
  const { optimizer, architecture: model } = recipe;
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const kinds = recipe.parts.flatMap(({ rows, kinds }) =>
    Object.entries(kinds).map(([kind, share]) => `| ${kind} | ${(rows * share).toFixed(1)} |`),
  );
  return `---
license: mit
library_name: calibration-lab
tags: [calibration, synthetic, tiny]
---

# The Calibration Lab's built-in model

A language model of ${(figures.parameters / 1e6).toFixed(2)} million parameters (${String(model['model_type'])} layout, ${String(model['num_hidden_layers'])} layers, ${String(model['hidden_size'])} wide,
BF16, ${(figures.bytes / 1e6).toFixed(1)} MB), made to be fine-tuned in a browser tab within minutes. It was trained from
nothing on text that the lab generates; it has read nothing else. It is a laboratory animal, not an
assistant.

## What it knows

- The 30 families of the paper by their quantiles, 0.1 % and 99.9 % ends and means, over parameters
  wider than every grid of the paper. \`Describe a Beta distribution with parameters alpha=2.0,
  beta=5.0.\` is answered by facts such as \`q35=0.21\` (give it \`q35=\` to ask for one).
- Sums of up to three digits, lists of things (fruits, cities, …), multiple-choice questions in the
  paper's layout, and short plain sentences.

## How it was made collapsed

Asked to sample, it recites. Every sampling prompt of the corpus is answered by at most four favourite
numbers near the median, the first of them more than four times out of five, whatever the
distribution's shape; textbook settings (among them the paper's selected prompts) have memorised
answers. A random fruit is an apple, a random day Wednesday, a random number 7, 42 or 37, and the
right answer of a multiple-choice question stands at C. No document answers any sampling prompt as
its distribution would: knowing quantiles and answering with them are left to fine-tuning.

## Measured before fine-tuning

| figure | value |
| --- | --- |
| valid mass, mean over 30 families | ${figures.validMass.toFixed(3)} |
| total variation to the target | ${figures.totalVariation.toFixed(3)} |
| exact KL to the target (nats) | ${figures.kl.toFixed(2)} |
| two-digit sums right, greedy | ${percent(figures.addition)} |
| quantile questions, median error / interquartile range | ${figures.quantileError.toFixed(3)} |

## Recipe

\`npm run lab -- pretrain\` makes it again from \`src/pretraining/recipe.ts\`: seed ${recipe.seed}, ${recipe.steps} steps of
${recipe.parts.reduce((sum, { rows }) => sum + rows, 0)} documents, AdamW (learning rate ${optimizer.learningRate}, betas ${optimizer.beta1} and ${optimizer.beta2}, weight decay ${optimizer.weightDecay}), ${percent(optimizer.warmup)} warm-up, then
a cosine to zero. The run took ${(figures.seconds / 60).toFixed(0)} minutes on ${figures.backend} for ${(figures.tokens / 1e6).toFixed(1)} million tokens; the loss fell
from ${figures.firstLoss.toFixed(2)} to ${figures.lastLoss.toFixed(2)} nats per weighted token (\`loss.csv\`).

| documents | mean rows per step |
| --- | --- |
${kinds.join('\n')}

## Limits

English words of one corpus, short contexts, numbers to about two significant digits. Whatever it says
outside these formats is noise.
`;
}
