// What each further evaluation asks of every arm, in a few words.
import { evaluationPlan } from '../../lab/study/evaluation-plan.ts';
import type { EvaluationName } from '../../lab/events.ts';
import type { Experiment } from '../../lab/experiment/experiment.ts';
import { count, roundly } from './format.ts';

/** For each evaluation, whether it is asked for or not. */
export function evaluationCosts(experiment: Experiment): Record<EvaluationName, string> {
  const { open, mcq, novelty, retention, perplexity } = evaluationPlan(experiment);
  const { samples } = experiment.evaluation;
  const questions = retention.questionSets.reduce((sum, set) => sum + set.questions.length, 0);
  const characters = perplexity.texts.reduce((sum, { text }) => sum + text.length, 0);
  return {
    samples: samples === 0 ? 'none' : `${count(samples)} answers to every measured prompt`,
    open: `${counted(open.prompts.length, 'prompt')}, ${count(open.samples)} short answers each`,
    mcq: `${counted(mcq.topics.length, 'topic')}, ${count(mcq.samples)} questions written for each`,
    novelty:
      `${counted(novelty.prompts.length, 'prompt')}, ${count(novelty.generations)} answers each of ` +
      `up to ${count(novelty.maxTokens)} tokens`,
    retention:
      `${counted(retention.arithmetic.problems, 'sum')}, ${counted(questions, 'question')}, ` +
      `${counted(retention.unrelatedPrompts.length, 'unrelated prompt')}`,
    perplexity: `${counted(perplexity.texts.length, 'text')}, ${roundly(characters)} characters`,
  };
}

const counted = (number: number, noun: string) =>
  `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
