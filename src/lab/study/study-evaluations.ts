// The further evaluations of one arm, as events.
import { evaluateAnswerPosition } from '../../evaluation/answer-position.ts';
import type { EvaluatedModel } from '../../evaluation/evaluated-model.ts';
import { evaluateNovelty } from '../../evaluation/novelty.ts';
import { evaluateOpenEnded } from '../../evaluation/open-ended.ts';
import type { Partitioner } from '../../evaluation/partitioners.ts';
import { evaluatePerplexity } from '../../evaluation/perplexity.ts';
import { evaluateRetention } from '../../evaluation/retention.ts';
import type { RunOptions } from '../../evaluation/run.ts';
import { evaluateStructuredSampling } from '../../evaluation/structured-sampling.ts';
import { evaluationsOf } from './arm-measures.ts';
import { evaluationPlan } from './evaluation-plan.ts';
import type { EvaluationName, StudyEvent } from '../events.ts';
import type { Arm } from '../experiment/experiment.ts';
import { openPartitioner } from './partitioner.ts';
import type { ArmState, Measured, Study } from './study-context.ts';
import { checkpointEvent } from './study-events.ts';
import { evaluatedModel, type Subject } from './subject.ts';
import { timedWork } from './timed-work.ts';

/** Runs the evaluations that `start` leaves. @param step optimizer steps the arm has taken */
export async function* evaluateArm(
  study: Study,
  arm: Arm,
  step: number,
  start: ArmState,
  subject: Subject,
): AsyncGenerator<StudyEvent> {
  const { experiment, model } = study;
  const asked = evaluatedModel(model, subject);
  const names = evaluationsOf(experiment, arm);
  for (let i = start.evaluated; i < names.length; i++) {
    const evaluation = names[i]!;
    // Before the first of them the scores are kept, then every report: none of them is done twice.
    yield checkpointEvent(arm.name, step, { ...start, evaluated: i });
    const { partitioner, close } = yield* openPartitioner(study, evaluation);
    try {
      const report = yield* timedWork(
        study,
        evaluation,
        { phase: 'evaluating', unit: 'parts', arm: arm.name, evaluation },
        (onProgress, signal) => {
          const run = { seed: experiment.seed, onProgress, signal };
          return evaluate(evaluation, asked, study, { ...run, partitioner });
        },
      );
      yield { type: 'report', arm: arm.name, name: evaluation, report };
    } finally {
      close();
    }
  }
}

function evaluate(
  name: EvaluationName,
  model: EvaluatedModel,
  { experiment, measured, model: { decoder } }: Study,
  { partitioner, ...run }: RunOptions & { readonly partitioner: Partitioner },
): Promise<unknown> {
  const plan = evaluationPlan(experiment);
  switch (name) {
    case 'samples': {
      const { samples } = experiment.evaluation;
      return evaluateStructuredSampling(model, measured.map(samplingTask), { ...run, samples });
    }
    case 'open': {
      const { prompts, samples } = plan.open;
      return evaluateOpenEnded(model, prompts, { ...run, samples });
    }
    case 'mcq': {
      const { topics, ...settings } = plan.mcq;
      return evaluateAnswerPosition(model, topics, { ...run, ...settings });
    }
    case 'novelty': {
      const { prompts, ...settings } = plan.novelty;
      return evaluateNovelty(model, prompts, { ...run, ...settings, partitioner });
    }
    case 'retention':
      return evaluateRetention(model, { ...run, ...plan.retention });
    case 'perplexity': {
      const window = Math.min(2048, decoder.spec.maxPositions);
      const stride = Math.floor(window / 2);
      return evaluatePerplexity(model, plan.perplexity.texts, { ...run, window, stride });
    }
  }
}

function samplingTask({ split, task: { prompt, space } }: Measured) {
  const { id, family, text, distribution } = prompt;
  return { id, split, family, prompt: text, distribution, space };
}
