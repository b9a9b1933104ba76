// Exact scores of one arm, prompt by prompt, as events.
import { NotANumberError } from '../../core/errors.ts';
import { workedInOrder } from '../../core/in-order.ts';
import { randomStream } from '../../core/random.ts';
import { exactScores, referenceLogitKl } from '../../core/scoring/exact.ts';
import { sampleAnswers } from '../../core/targets/sample-answers.ts';
import { treeOf } from '../../core/targets/trie.ts';
import type { AskDecoder, CallContext } from '../../evaluation/decoder-calls.ts';
import type { EvaluationRow, SnapshotEvent, StudyEvent } from '../events.ts';
import { CHECKPOINT_MS } from './study-context.ts';
import type { ArmState, Study } from './study-context.ts';
import { checkpointEvent, phaseEvent, snapshotEvent } from './study-events.ts';
import type { Task } from './study-tasks.ts';
import type { Subject } from './subject.ts';

/** Paths of the reference's "logit KL". */
const REFERENCE_PATHS = 4;

export type TaskScores = Required<
  Pick<SnapshotEvent, 'probabilities' | 'invalidMass' | 'edges'>
> & {
  readonly scores: Omit<EvaluationRow, 'arm' | 'split' | 'family' | 'id'>;
};

/** The model's answer distribution on one prompt and how far it is from the target. */
export async function scoreTask(
  ask: AskDecoder,
  { prompt, tokens, trie, space }: Task,
  seed: number,
  { temperature, ...context }: CallContext & { readonly temperature?: number | undefined },
): Promise<TaskScores> {
  const edges = await ask('edges', { prompt: tokens, tree: treeOf(trie), temperature }, context);
  const exact = exactScores(trie, space, edges);
  const paths = referencePaths({ prompt, space }, seed);
  return {
    probabilities: [...exact.answerProbabilities],
    invalidMass: exact.invalidMass,
    edges: [...edges],
    scores: {
      kl: exact.kl,
      kl_by_depth: exact.klByDepth,
      tv: exact.tv,
      js: exact.js,
      valid_mass: exact.validMass,
      wasserstein_1: exact.wasserstein1,
      rank_correlation: exact.rankCorrelation,
      reference_logit_kl: referenceLogitKl(trie, paths, edges),
    },
  };
}

/** The answers, as indices, that the reference's logit KL of a prompt is the mean over. */
export function referencePaths({ prompt, space }: Pick<Task, 'prompt' | 'space'>, seed: number) {
  const random = randomStream(seed, 'reference paths', prompt.id);
  return sampleAnswers(space.probabilities, REFERENCE_PATHS, random);
}

/**
 * Scores that a report can stand on. @param step optimizer steps the arm has taken
 * @throws NotANumberError naming the first score that is none
 */
export function checkScores({ prompt }: Task, { scores }: TaskScores, step: number): void {
  for (const score of ['kl', 'tv', 'js', 'valid_mass'] as const) {
    if (Number.isFinite(scores[score])) continue;
    throw new NotANumberError(
      `the score ${score} on ${prompt.id}`,
      step,
      step === 0 ? 'Check the weights of the model, or take them as they are stored.' : undefined,
    );
  }
}

/** Scores the measured prompts that `start` leaves. @param step optimizer steps the arm has taken */
export async function* scoreArm(
  { measured, pool, experiment, clock, signal, inTurns }: Study,
  arm: string,
  step: number,
  start: ArmState,
  { adapter, temperature }: Subject = {},
): AsyncGenerator<StudyEvent> {
  const options = { adapter, temperature, signal };
  const total = measured.length;
  let saved = performance.now();
  let i = start.scored;
  yield phaseEvent('scoring', i, total, 'prompts', arm, clock.left);
  clock.start();
  const left = measured.slice(i);
  for await (const scored of workedInOrder(left, pool.together, ({ task }) =>
    scoreTask(pool.ask, task, experiment.seed, options),
  )) {
    const { split, task } = measured[i]!;
    checkScores(task, scored, step);
    clock.done('score');
    const { id, family } = task.prompt;
    yield { type: 'row', row: { arm, split, family, id, ...scored.scores } };
    yield snapshotEvent(arm, step, task, scored, inTurns);
    if (performance.now() - saved > CHECKPOINT_MS) {
      yield checkpointEvent(arm, step, { ...start, scored: i + 1 });
      saved = performance.now();
    }
    yield phaseEvent('scoring', ++i, total, 'prompts', arm, clock.left);
    clock.start(); // whoever follows the events may have taken their time
  }
}
