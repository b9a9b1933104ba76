// What a chosen distribution asks of a model, computed without one.
import { createDistribution } from '../../core/distributions/create.ts';
import type { Distribution } from '../../core/distributions/distribution.ts';
import { distributionId, samplingPrompt } from '../../core/prompts/sampling-prompt.ts';
import { buildTrie } from '../../core/targets/build-trie.ts';
import { choiceSpace, possibleAnswers } from '../../core/targets/choices.ts';
import { outputSpace } from '../../core/targets/output-space.ts';
import { entropyOf, type OutputSpace } from '../../core/targets/space.ts';
import { characterTokens, END_TOKEN } from './character-tokens.ts';
import type { TargetPreview } from '../contract.ts';
import { within } from '../experiment/experiment-checks.ts';
import {
  type Experiment,
  type ExperimentInput,
  resolveExperiment,
} from '../experiment/experiment.ts';

/**
 * The answers that `data.distribution` or `data.choices` ask for.
 * @throws InputError naming the field by its path in the experiment
 */
export function previewTarget(input: NonNullable<ExperimentInput['data']>): TargetPreview {
  const { data } = resolveExperiment({ data: input });
  return data.distribution ? previewDistribution(data, data.distribution) : previewChoices(data);
}

function previewDistribution(
  { decimals, bins }: Experiment['data'],
  { family, params }: NonNullable<Experiment['data']['distribution']>,
): TargetPreview {
  const distribution = within('data.distribution', () => createDistribution(family, params));
  const { parameters, kind, mean, variance } = distribution;
  const space = within('data.distribution', () => outputSpace(distribution, { decimals, bins }));
  return {
    id: distributionId(family, parameters),
    family,
    prompt: samplingPrompt(family, parameters),
    ...shape(space, kind),
    mean,
    variance,
  };
}

function previewChoices({ choices, prompt }: Experiment['data']): TargetPreview {
  const space = within('data', () => possibleAnswers(choiceSpace(choices)));
  return {
    id: 'choices',
    family: 'choices',
    prompt: prompt ?? '',
    ...shape(space, 'choices'),
    mean: null,
    variance: null,
  };
}

function shape(space: OutputSpace, kind: Distribution['kind'] | 'choices') {
  const probabilities = [...space.probabilities];
  const trie = buildTrie(space, characterTokens, END_TOKEN);
  return {
    kind,
    values: space.values,
    probabilities,
    entropy: entropyOf(probabilities),
    trie: { nodes: trie.nodeCount, depth: trie.depth.reduce((most, d) => Math.max(most, d), 0) },
  };
}
