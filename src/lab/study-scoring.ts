// Exact scores of one arm on one prompt, as events.
import { randomStream } from '../core/random.ts';
import { exactScores, referenceLogitKl } from '../core/scoring/exact.ts';
import { sampleAnswers } from '../core/targets/sample-answers.ts';
import { edgeLogProbabilities } from '../evaluation/edge-log-probabilities.ts';
import type { Decoder } from '../model/decoder.ts';
import type { LoraAdapter } from '../model/lora.ts';
import type { EvaluationRow, SnapshotEvent } from './events.ts';
import type { Task } from './study-tasks.ts';

/** Paths of the reference's "logit KL". */
const REFERENCE_PATHS = 4;

export type TaskScores = Pick<SnapshotEvent, 'probabilities' | 'invalidMass'> & {
  readonly scores: Omit<EvaluationRow, 'arm' | 'split' | 'family' | 'id'>;
};

export async function scoreTask(
  decoder: Decoder,
  { prompt, tokens, trie, space }: Task,
  seed: number,
  options: { adapter?: LoraAdapter; signal?: AbortSignal },
): Promise<TaskScores> {
  const edges = await edgeLogProbabilities(decoder, tokens, trie, options);
  const exact = exactScores(trie, space, edges);
  const random = randomStream(seed, 'reference paths', prompt.id);
  const paths = sampleAnswers(space.probabilities, REFERENCE_PATHS, random);
  return {
    probabilities: [...exact.answerProbabilities],
    invalidMass: exact.invalidMass,
    scores: {
      kl: exact.kl,
      tv: exact.tv,
      js: exact.js,
      valid_mass: exact.validMass,
      wasserstein_1: exact.wasserstein1,
      reference_logit_kl: referenceLogitKl(trie, paths, edges),
    },
  };
}
