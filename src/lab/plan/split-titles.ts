// What people call the prompts of a split.
import type { Split } from '../experiment/experiment.ts';

export const SPLIT_TITLES: Readonly<Record<Split, string>> = {
  train: 'trained prompts',
  test_unseen_params: 'unseen parameters',
  test_ood_family: 'held-out families',
};

/** As the title of a section. */
export const splitHeading = (split: Split): string =>
  SPLIT_TITLES[split][0]!.toUpperCase() + SPLIT_TITLES[split].slice(1);
