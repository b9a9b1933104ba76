// Tiny studies of the tiny model, and what they report.
import type { StudyEvent } from '../../src/lab/events.ts';
import type { Environment } from '../../src/lab/events.ts';
import { resolveExperiment } from '../../src/lab/experiment/experiment.ts';
import type { Experiment, ExperimentInput } from '../../src/lab/experiment/experiment.ts';
import { runStudy } from '../../src/lab/study/study.ts';
import type { StudyContext } from '../../src/lab/study/study-context.ts';
import type { LanguageModel } from '../../src/model/language-model.ts';

export const ENVIRONMENT: Environment = {
  backend: 'wasm',
  adapter: 'test',
  model: 'tiny',
  selfTest: 'not run',
  versions: {},
};

/**
 * Two trained families and a held-out one, at most 12 answers each, three arms of seven steps; only
 * the evaluations that are asked for.
 */
export const TINY = {
  data: {
    families: ['gaussian', 'binomial', 'bernoulli'],
    prompts_per_family: 2,
    decimals: 0,
    bins: 12,
  },
  arms: [{ method: 'none' }, { method: 'soft', paths: 4 }, { method: 'hard', answers: 4 }],
  training: { steps: 7, batch: 3, learning_rate: 5e-3, lora: { rank: 4, alpha: 8, dropout: 0.1 } },
  evaluation: { drift: false },
  seed: 3,
} satisfies ExperimentInput;

export function tinyExperiment(changes: ExperimentInput = {}): Experiment {
  const evaluation = { ...TINY.evaluation, ...changes.evaluation };
  return resolveExperiment({ ...TINY, ...changes, evaluation });
}

export function tinyStudy(
  model: LanguageModel,
  experiment: Experiment,
  context: Partial<StudyContext> = {},
): AsyncGenerator<StudyEvent> {
  return runStudy(experiment, { model, environment: ENVIRONMENT, ...context });
}

export async function eventsOf(study: AsyncIterable<StudyEvent>): Promise<StudyEvent[]> {
  const events: StudyEvent[] = [];
  for await (const event of study) events.push(event);
  return events;
}

/** The events of one type. */
export function only<Type extends StudyEvent['type']>(events: readonly StudyEvent[], type: Type) {
  return events.filter(
    (event): event is Extract<StudyEvent, { type: Type }> => event.type === type,
  );
}
