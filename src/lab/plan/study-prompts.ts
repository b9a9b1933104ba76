// Which prompts an experiment trains on and which it is measured on.
import { InputError } from '../../core/errors.ts';
import { groupBy } from '../../core/group-by.ts';
import {
  type Experiment,
  isTrained,
  type Split,
  type TrainedArm,
} from '../experiment/experiment.ts';
import { categoryPrompts } from './category-prompts.ts';
import { numberPrompts } from './number-prompts.ts';
import { askedPrompt, type StudyPrompt } from './study-prompt.ts';

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
  const pools = [numberPrompts(experiment), categoryPrompts(experiment)];
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

/** At most `count` prompts of each family, in order. */
export function firstOfEach(prompts: readonly StudyPrompt[], count: number): StudyPrompt[] {
  return [...groupBy(prompts, ({ family }) => family).values()].flatMap((of) => of.slice(0, count));
}
