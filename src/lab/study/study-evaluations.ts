// The further evaluations of one arm, as events.
import { askedHere } from '../../evaluation/decoder-model.ts';
import { evaluationNamed } from '../../evaluation/names.ts';
import { evaluationsOf } from './arm-measures.ts';
import { isBuiltin } from '../experiment/experiment.ts';
import type { StudyEvent } from '../events.ts';
import type { Arm } from '../experiment/experiment.ts';
import { openEmbedder } from './open-embedder.ts';
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
  const { experiment, model, pool } = study;
  const { seed, evaluation: settings } = experiment;
  const { ask, together } = pool;
  const asked = evaluatedModel({ ...askedHere(model), ask }, subject);
  const measured = study.measured.map(samplingTask);
  const names = evaluationsOf(experiment, arm);
  for (let i = start.evaluated; i < names.length; i++) {
    const name = names[i]!;
    const evaluation = evaluationNamed(name);
    // Before the first of them the scores are kept, then every report: none of them is done twice.
    yield checkpointEvent(arm.name, step, { ...start, evaluated: i });
    const opened = yield* openEmbedder(study, evaluation.embedder?.(settings) ?? null);
    try {
      const report = yield* timedWork(
        study,
        name,
        { phase: 'evaluating', unit: 'parts', arm: arm.name, evaluation: name },
        (onProgress, signal) =>
          evaluation.run(asked, settings, {
            ...{ seed, onProgress, signal, together, measured },
            isBuiltin: isBuiltin(experiment),
            ...(opened && { embedder: opened.embedder }),
          }),
      );
      yield { type: 'report', arm: arm.name, name, report };
    } finally {
      opened?.close();
    }
  }
}

function samplingTask({ split, task: { prompt, space } }: Measured) {
  const { id, family, text, distribution } = prompt;
  return { id, split, family, prompt: text, distribution, space };
}
