// The prompts that are answered in words, of categories of questions.
import {
  CATEGORIES,
  type Category,
  categoriesOf,
  categoryById,
  categoryRows,
} from '../../core/prompts/categories.ts';
import type { Material } from '../../core/prompts/categories/category.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { drawn, measured, NO_PROMPTS, type Pools } from './prompt-pools.ts';
import { categoryPrompt } from './study-prompt.ts';

export function categoryPrompts(experiment: Experiment): Pools {
  const { data } = experiment;
  const { categories: listed } = data;
  if (listed === undefined) return NO_PROMPTS;
  const ids = listed === 'all' ? categoriesOf('train') : listed;
  const isTaught = ({ id, role }: Category) =>
    ids.includes(id) && (role !== 'held_out' || data.include_held_out);
  const trained = CATEGORIES.filter(isTaught);
  const heldOut = categoriesOf('held_out').filter((id) => !isTaught(categoryById(id)));
  const measuredOut = measured(heldOut, listed);
  const prompts = (of: readonly Category[], material: Material) =>
    of.flatMap((category) => {
      const rows = categoryRows(category, material);
      return rows.map((row) => categoryPrompt(category.id, row));
    });
  return {
    train: trained.flatMap((category) =>
      drawn(experiment, category.id, prompts([category], 'trained')),
    ),
    test_unseen_params: prompts(
      trained.filter(({ role }) => role === 'train'),
      'unseen',
    ),
    test_ood_family: prompts(
      CATEGORIES.filter(({ id }) => measuredOut.has(id)),
      'unseen',
    ),
  };
}
