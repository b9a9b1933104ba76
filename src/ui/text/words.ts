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
