// Which prompts an experiment trains on and which it is measured on.
import { createDistribution } from '../../core/distributions/create.ts';
import type { Distribution } from '../../core/distributions/distribution.ts';
import { familiesOf, familyById } from '../../core/distributions/families.ts';
import { InputError } from '../../core/errors.ts';
import { choicesPrompt as choicesQuestion } from '../../core/prompts/choices-prompt.ts';
import { distributionId, samplingPrompt } from '../../core/prompts/sampling-prompt.ts';
import { buildSplits } from '../../core/prompts/splits.ts';
import type { PromptRow, Splits } from '../../core/prompts/splits.ts';
import { randomStream } from '../../core/random.ts';
import { choiceSpace, possibleAnswers } from '../../core/targets/choices.ts';
import { outputSpace } from '../../core/targets/output-space.ts';
import type { OutputSpace } from '../../core/targets/space.ts';
import { renameField, within } from '../experiment/experiment-checks.ts';
import type { Experiment, Split } from '../experiment/experiment.ts';
import { groupBy } from '../../core/group-by.ts';
import { usesWholeGrid } from './study-plan.ts';
import type { Resolution } from './study-plan.ts';

/** A prompt whose answer distribution is known. */
export interface StudyPrompt {
  readonly id: string;
  readonly family: string;
  readonly text: string;
  readonly kind: 'continuous' | 'discrete' | 'choices';
  /** Null for a user's own choices. */
  readonly distribution: Distribution | null;
  /** The canonical answers that can occur, at a resolution. @throws InputError for impossible settings */
  readonly space: (resolution: Resolution) => OutputSpace;
}

export interface StudyPrompts {
  readonly training: readonly StudyPrompt[];
  readonly evaluation: readonly { readonly split: Split; readonly prompt: StudyPrompt }[];
}

/**
 * Training takes `prompts_per_family` of each family's train grid, drawn by the seed. Measured are,
 * per family and split: the first of the trained prompts; the paper's selected prompts with unseen
 * parameters, then more of that grid; and those of held-out families that were not trained on. No
 * prompt that is trained on is measured as unseen.
 * @throws InputError for an unknown family, or where no family is left to train on
 */
export function studyPrompts(experiment: Experiment): StudyPrompts {
  const { data, evaluation } = experiment;
  if (data.choices) {
    const prompt = askedPrompt(data)!;
    return { training: [prompt], evaluation: [{ split: 'train', prompt }] };
  }
  const lists = { train_families: [...familiesOf('train'), ...familiesOf('extra')] };
  const grids = buildSplits(lists);
  const asked = askedPrompt(data);
  const trained = asked ? [asked] : gridTraining(experiment, grids);
  const ids = new Set(trained.map(({ id }) => id));
  const families = new Set(trained.map(({ family }) => family));
  const selected = buildSplits({ ...lists, eval_prompt_selection: 'paper_selected' });
  const unseen = (split: 'test_unseen_params' | 'test_ood_family', of: ReadonlySet<string>) =>
    distinct([...selected[split], ...grids[split]])
      .filter(({ id, family }) => of.has(family) && !ids.has(id))
      .map((row) => rowPrompt(row));
  const candidates: Record<Split, readonly StudyPrompt[]> = {
    train: trained,
    test_unseen_params: unseen('test_unseen_params', families),
    test_ood_family: unseen('test_ood_family', measuredHeldOut(experiment, families)),
  };
  return {
    training: trained,
    evaluation: evaluation.splits.flatMap((split) =>
      firstOfEach(candidates[split], evaluation.prompts_per_family).map((prompt) => ({
        split,
        prompt,
      })),
    ),
  };
}

function gridTraining(experiment: Experiment, grids: Splits): StudyPrompt[] {
  const { data, seed } = experiment;
  const listed = data.families === 'paper' ? familiesOf('train') : data.families;
  const allowed = listed.filter(
    (id) => familyById(id).role !== 'held_out' || data.include_held_out,
  );
  if (allowed.length === 0) {
    throw new InputError(
      `data.families lists held-out families only (${listed.join(', ')})`,
      'Add a family to train on, or set data.include_held_out to true.',
      'data.families',
    );
  }
  const byFamily = groupBy([...grids.train, ...grids.test_ood_family], (row) => row.family);
  return allowed.flatMap((family) => {
    const rows = byFamily.get(family)!.slice();
    if (usesWholeGrid(experiment)) return rows.map((row) => rowPrompt(row));
    randomStream(seed, 'prompts', family).shuffle(rows);
    return rows.slice(0, data.prompts_per_family).map((row) => rowPrompt(row));
  });
}

/** Held-out families to measure, none of them trained on: those listed, or all where none is. */
function measuredHeldOut({ data }: Experiment, trained: ReadonlySet<string>): Set<string> {
  const untrained = familiesOf('held_out').filter((id) => !trained.has(id));
  const { families } = data;
  const listed = untrained.filter((id) => families !== 'paper' && families.includes(id));
  return new Set(listed.length > 0 ? listed : untrained);
}

function rowPrompt({ id, family, parameters, prompt }: Omit<PromptRow, 'tier'>): StudyPrompt {
  const distribution = createDistribution(family, parameters);
  return {
    id,
    family,
    text: prompt,
    kind: distribution.kind,
    distribution,
    space: (resolution) => possibleAnswers(outputSpace(distribution, resolution)),
  };
}

/**
 * The one prompt of `data.distribution` or `data.choices`, null where families are trained on. Runs
 * and previews both ask it here, so what one accepts the other does.
 * @throws InputError naming the field by its path in the experiment
 */
export function askedPrompt(data: Experiment['data']): StudyPrompt | null {
  if (data.choices) return within('data', () => choicesPrompt(data));
  if (!data.distribution) return null;
  const { family, params } = data.distribution;
  const prompt = within('data.distribution', () => distributionPrompt(family, params));
  return {
    ...prompt,
    space: (resolution) =>
      renameField(
        (field) => (field === 'params' ? 'data.distribution.params' : `data.${field}`),
        () => prompt.space(resolution),
      ),
  };
}

/** The prompt of one distribution. @throws InputError for an unknown family or impossible parameters */
export function distributionPrompt(
  familyId: string,
  given: Readonly<Record<string, number>>,
): StudyPrompt {
  const { parameters } = createDistribution(familyId, { ...given });
  return rowPrompt({
    id: distributionId(familyId, parameters),
    family: familyId,
    parameters,
    prompt: samplingPrompt(familyId, parameters),
  });
}

function choicesPrompt({ choices, prompt }: Experiment['data']): StudyPrompt {
  const space = possibleAnswers(choiceSpace(choices));
  const text = prompt ?? choicesQuestion(space.values);
  return {
    id: 'choices',
    family: 'choices',
    text,
    kind: 'choices',
    distribution: null,
    space: () => space,
  };
}

function distinct(rows: readonly PromptRow[]): PromptRow[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

/** At most `count` prompts of each family, in order. */
export function firstOfEach(prompts: readonly StudyPrompt[], count: number): StudyPrompt[] {
  return [...groupBy(prompts, ({ family }) => family).values()].flatMap((of) => of.slice(0, count));
}
