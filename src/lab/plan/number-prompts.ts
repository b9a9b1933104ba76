// The prompts that are answered with numbers: of families of distributions, or of the one that is asked for.
import { familiesOf, familyById } from '../../core/distributions/families.ts';
import { groupBy } from '../../core/group-by.ts';
import { buildSplits } from '../../core/prompts/splits.ts';
import type { PromptRow, Splits } from '../../core/prompts/splits.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { drawn, measured, NO_PROMPTS, type Pools } from './prompt-pools.ts';
import { askedPrompt, rowPrompt, type StudyPrompt } from './study-prompt.ts';

export function numberPrompts(experiment: Experiment): Pools {
  const { data } = experiment;
  const asked = askedPrompt(data);
  if (data.families.length === 0 && !asked) return NO_PROMPTS;
  const lists = { train_families: [...familiesOf('train'), ...familiesOf('extra')] };
  const grids = buildSplits(lists);
  const trained = asked ? [asked] : gridTraining(experiment, grids);
  const ids = new Set(trained.map(({ id }) => id));
  const families = new Set(trained.map(({ family }) => family));
  const selected = buildSplits({ ...lists, eval_prompt_selection: 'paper_selected' });
  const unseen = (split: 'test_unseen_params' | 'test_ood_family', of: ReadonlySet<string>) =>
    distinct([...selected[split], ...grids[split]])
      .filter(({ id, family }) => of.has(family) && !ids.has(id))
      .map((row) => rowPrompt(row));
  const heldOut = familiesOf('held_out').filter((id) => !families.has(id));
  return {
    train: trained,
    test_unseen_params: unseen('test_unseen_params', families),
    test_ood_family: unseen('test_ood_family', measured(heldOut, data.families)),
  };
}

function gridTraining(experiment: Experiment, grids: Splits): StudyPrompt[] {
  const { data } = experiment;
  const listed = data.families === 'paper' ? familiesOf('train') : data.families;
  const allowed = listed.filter(
    (id) => familyById(id).role !== 'held_out' || data.include_held_out,
  );
  const byFamily = groupBy([...grids.train, ...grids.test_ood_family], (row) => row.family);
  return allowed.flatMap((family) =>
    drawn(experiment, family, byFamily.get(family)!).map((row) => rowPrompt(row)),
  );
}

function distinct(rows: readonly PromptRow[]): PromptRow[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}
