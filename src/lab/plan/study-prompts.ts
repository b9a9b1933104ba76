// Which prompts an experiment trains on and which it is measured on.
import { createDistribution } from '../../core/distributions/create.ts';
import type { Distribution } from '../../core/distributions/distribution.ts';
import { familiesOf, familyById } from '../../core/distributions/families.ts';
import { InputError } from '../../core/errors.ts';
import {
  CATEGORIES,
  type Category,
  categoriesOf,
  categoryById,
  type CategoryRow,
  categoryRows,
} from '../../core/prompts/categories.ts';
import type { Material } from '../../core/prompts/categories/category.ts';
import { choicesPrompt as choicesQuestion } from '../../core/prompts/choices-prompt.ts';
import { distributionId, samplingPrompt } from '../../core/prompts/sampling-prompt.ts';
import { buildSplits } from '../../core/prompts/splits.ts';
import type { PromptRow, Splits } from '../../core/prompts/splits.ts';
import { randomStream } from '../../core/random.ts';
import { choiceSpace, possibleAnswers } from '../../core/targets/choices.ts';
import { outputSpace } from '../../core/targets/output-space.ts';
import type { OutputSpace } from '../../core/targets/space.ts';
import { renameField, within } from '../experiment/experiment-checks.ts';
import {
  type Experiment,
  isTrained,
  type Split,
  type TrainedArm,
} from '../experiment/experiment.ts';
import { groupBy } from '../../core/group-by.ts';
import { usesWholeGrid } from './study-plan.ts';
import type { Resolution } from './study-plan.ts';

/** A prompt whose answer distribution is known. */
export interface StudyPrompt {
  readonly id: string;
  readonly family: string;
  readonly text: string;
  readonly kind: 'continuous' | 'discrete' | 'choices';
  /** Null where answers are words. */
  readonly distribution: Distribution | null;
  /** The canonical answers that can occur, at a resolution. @throws InputError for impossible settings */
  readonly space: (resolution: Resolution) => OutputSpace;
}

export interface StudyPrompts {
  readonly training: readonly StudyPrompt[];
  readonly evaluation: readonly { readonly split: Split; readonly prompt: StudyPrompt }[];
}

/**
 * Training takes `prompts_per_family` of each family's train grid and of each category, drawn by the
 * seed. Measured are, per family or category and split: the first of the trained prompts; those with
 * unseen parameters, of a family the paper's selected ones first; and those of held-out families and
 * categories that were not trained on. No prompt that is trained on is measured as unseen.
 * @throws InputError for an unknown family, or where nothing is left to train on
 */
export function studyPrompts(experiment: Experiment): StudyPrompts {
  const { data, evaluation } = experiment;
  if (data.choices) {
    const prompt = askedPrompt(data)!;
    return { training: [prompt], evaluation: [{ split: 'train', prompt }] };
  }
  const pools = [numberPrompts(experiment), categoricalPrompts(experiment)];
  const training = pools.flatMap(({ train }) => train);
  if (training.length === 0) throw nothingToTrainOn(data);
  experiment.arms.forEach((arm, i) => {
    if (!isTrained(arm) || taughtPrompts(arm, training).length > 0) return;
    throw new InputError(
      `no prompt that is trained on is answered in ${arm.prompts}, which is what arms.${i} keeps to`,
      `Let it learn from all of them, or add ${arm.prompts === 'words' ? 'a category' : 'a family'} to train on.`,
      `arms.${i}.prompts`,
    );
  });
  return {
    training,
    evaluation: evaluation.splits.flatMap((split) => {
      const prompts = pools.flatMap((pool) => pool[split]);
      return firstOfEach(prompts, evaluation.prompts_per_family).map((prompt) => ({
        split,
        prompt,
      }));
    }),
  };
}

/** Those of the training prompts that an arm learns from. */
export function taughtPrompts({ prompts }: TrainedArm, training: readonly StudyPrompt[]) {
  const isWanted = {
    all: () => true,
    numbers: ({ kind }: StudyPrompt) => kind !== 'choices',
    words: ({ kind }: StudyPrompt) => kind === 'choices',
  }[prompts ?? 'all'];
  return training.filter(isWanted);
}

type Pools = Readonly<Record<Split, readonly StudyPrompt[]>>;
const NO_PROMPTS: Pools = { train: [], test_unseen_params: [], test_ood_family: [] };

function numberPrompts(experiment: Experiment): Pools {
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

function categoricalPrompts(experiment: Experiment): Pools {
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

/** The prompts of a family or category that are trained on, in the order in which the seed draws them. */
function drawn<T>(experiment: Experiment, family: string, rows: readonly T[]): T[] {
  const { seed, data } = experiment;
  if (usesWholeGrid(experiment)) return [...rows];
  return randomStream(seed, 'prompts', family)
    .shuffle([...rows])
    .slice(0, data.prompts_per_family);
}

/** Held-out ones to measure: those listed, or all where none is. */
function measured(heldOut: readonly string[], listed: string | readonly string[]): Set<string> {
  const wanted = heldOut.filter((id) => typeof listed !== 'string' && listed.includes(id));
  return new Set(wanted.length > 0 ? wanted : heldOut);
}

function nothingToTrainOn({ families, categories }: Experiment['data']): InputError {
  const [field, listed] =
    categories === undefined || categories === 'all'
      ? (['families', families] as const)
      : (['categories', categories] as const);
  return new InputError(
    `data.${field} lists held-out ${field} only (${[listed].flat().join(', ')})`,
    `Add a ${field === 'families' ? 'family' : 'category'} to train on, or set data.include_held_out to true.`,
    `data.${field}`,
  );
}

function categoryPrompt(family: string, { id, prompt, answers }: CategoryRow): StudyPrompt {
  const space = possibleAnswers(choiceSpace(answers));
  return { id, family, text: prompt, kind: 'choices', distribution: null, space: () => space };
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
