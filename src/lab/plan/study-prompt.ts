// One prompt of a study: its words, and the answers that it may have.
import { createDistribution } from '../../core/distributions/create.ts';
import type { Distribution } from '../../core/distributions/distribution.ts';
import type { CategoryRow } from '../../core/prompts/categories.ts';
import { choicesPrompt as choicesQuestion } from '../../core/prompts/choices-prompt.ts';
import { distributionId, samplingPrompt } from '../../core/prompts/sampling-prompt.ts';
import type { PromptRow } from '../../core/prompts/splits.ts';
import { choiceSpace, possibleAnswers } from '../../core/targets/choices.ts';
import { outputSpace } from '../../core/targets/output-space.ts';
import type { OutputSpace } from '../../core/targets/space.ts';
import { renameField, within } from '../experiment/experiment-checks.ts';
import type { Experiment } from '../experiment/experiment.ts';
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

/** The prompt of a row of a family's grid. */
export function rowPrompt({
  id,
  family,
  parameters,
  prompt,
}: Omit<PromptRow, 'tier'>): StudyPrompt {
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

/** A question of a category. */
export function categoryPrompt(family: string, { id, prompt, answers }: CategoryRow): StudyPrompt {
  const space = possibleAnswers(choiceSpace(answers));
  return { id, family, text: prompt, kind: 'choices', distribution: null, space: () => space };
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
