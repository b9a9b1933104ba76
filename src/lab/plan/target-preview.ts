// What a chosen distribution asks of a model, computed without one.
import { InputError } from '../../core/errors.ts';
import { buildTrie } from '../../core/targets/build-trie.ts';
import { entropyOf } from '../../core/targets/space.ts';
import { characterTokens, END_TOKEN } from './character-tokens.ts';
import type { TargetPreview } from '../contract.ts';
import {
  type Experiment,
  type ExperimentInput,
  resolveExperiment,
} from '../experiment/experiment.ts';
import { scoringResolution } from './study-plan.ts';
import { askedPrompt } from './study-prompt.ts';

/**
 * The answers that `data.distribution` or `data.choices` ask for, as a run with that preset scores
 * them.
 * @throws InputError naming the field by its path in the experiment, exactly where a run does
 */
export function previewTarget(
  input: NonNullable<ExperimentInput['data']>,
  preset?: Experiment['training']['preset'],
): TargetPreview {
  const { data, training } = resolveExperiment({
    data: input,
    training: { ...(preset && { preset }) },
  });
  const asked = askedPrompt(data);
  if (!asked) {
    throw new InputError('there is nothing to preview', 'Give data.distribution.', 'data');
  }
  const { id, family, text, kind, distribution, space: spaceAt } = asked;
  const space = spaceAt(scoringResolution({ data, training }));
  const probabilities = [...space.probabilities];
  const trie = buildTrie(space, characterTokens, END_TOKEN);
  return {
    id,
    family,
    prompt: text,
    kind,
    values: space.values,
    probabilities,
    cut: space.cut,
    entropy: entropyOf(probabilities),
    mean: distribution && distribution.mean,
    variance: distribution && distribution.variance,
    trie: { nodes: trie.nodeCount, depth: trie.depth.reduce((most, d) => Math.max(most, d), 0) },
  };
}
