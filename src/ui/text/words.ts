// The page's words for the lab's terms.
import type { Split } from '../../lab/experiment/experiment.ts';

export const SPLIT_WORDS: Record<Split, { title: string; note: string }> = {
  train: { title: 'Trained prompts', note: 'the model was fine-tuned on these' },
  test_unseen_params: {
    title: 'Unseen parameters',
    note: 'families it was trained on, outside the trained ranges',
  },
  test_ood_family: { title: 'Held-out families', note: 'families it was never trained on' },
};

export const METRIC_WORDS = {
  kl: { title: 'KL', note: 'KL(target ‖ model) over whole answers, in nats; 0 is perfect' },
  tv: { title: 'TV', note: 'total variation: the share of answers that would have to change' },
  valid_mass: { title: 'Valid', note: 'probability that the model gives a valid answer at all' },
  wasserstein_1: {
    title: 'W₁',
    note: 'Wasserstein distance: how far answers would have to move, in their own units; over valid answers only',
  },
} as const;
