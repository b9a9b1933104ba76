// The page's words for the lab's terms.
import { type Split, SPLITS } from '../../lab/experiment/experiment.ts';
import { splitHeading } from '../../lab/plan/split-titles.ts';

const NOTES: Readonly<Record<Split, string>> = {
  train: 'the model was fine-tuned on these',
  test_unseen_params: 'families it was trained on, outside the trained ranges',
  test_ood_family: 'families it was never trained on',
};

export const SPLIT_WORDS = Object.fromEntries(
  SPLITS.map((split) => [split, { title: splitHeading(split), note: NOTES[split] }]),
) as Readonly<Record<Split, { readonly title: string; readonly note: string }>>;
