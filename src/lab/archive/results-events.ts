// Results as the events that would have made them, so that a run of another program is a run like any other.
import { isObject } from '../../core/is-object.ts';
import { EVALUATIONS } from '../../evaluation/index.ts';
import { reportIn } from '../../evaluation/kept-report.ts';
import { REPORTING } from '../../methods/names.ts';
import type { ReadResults } from '../compare/results-schema.ts';
import type { StepEvent, StudyEvent } from '../events.ts';
import type { AnswersFile } from '../results/kept-answers.ts';
import type { ArmResults } from '../results/results.ts';
import { segmentsOf } from '../state/segments.ts';

/** @param answers what is shown of answers, where it was kept */
export function* resultsEvents(
  results: ReadResults,
  answers: AnswersFile | null,
): Generator<StudyEvent> {
  const arms = Object.entries(results.arms);
  for (const target of answers?.targets ?? []) yield { ...target, type: 'target' };
  for (const [arm, ofArm] of arms) yield* steps(arm, ofArm);
  // A row belongs to the last place that was named before it.
  const segments = segmentsOf(results);
  for (let place = 0; place < Math.max(1, segments.length); place++) {
    const segment = segments[place];
    if (segment) {
      const { environment, from } = segment;
      yield { type: 'environment', environment, ...(from && { from }) };
    }
    for (const [arm, { exact }] of arms) {
      for (const { segment: own = 0, ...row } of exact) {
        if (own === place) yield { type: 'row', row: { ...row, arm } };
      }
    }
  }
  for (const [arm, ofArm] of arms) {
    yield* reports(arm, ofArm);
    const shown = answers && Object.hasOwn(answers.arms, arm) ? answers.arms[arm]! : {};
    for (const [id, { probabilities, invalid_mass }] of Object.entries(shown)) {
      const step = ofArm.training?.steps ?? 0;
      yield { type: 'snapshot', arm, id, step, probabilities, invalidMass: invalid_mass };
    }
  }
  const seconds = arms.reduce((sum, [, { training }]) => sum + (training?.seconds ?? 0), 0);
  yield { type: 'done', seconds };
}

/** The losses, and at the end what training came to. Rates are not kept in results. */
function* steps(arm: string, { training }: ArmResults): Generator<StudyEvent> {
  if (!training) return;
  const { steps, loss, warm_up_steps: warmUp } = training;
  const event = (step: number, value: number | null): StepEvent => {
    const share = steps > 0 ? step / steps : 1;
    return {
      type: 'step',
      ...{ arm, step, steps, loss: value, learningRate: 0 },
      answerTokens: Math.round(training.answer_tokens * share),
      promptTokens: Math.round(training.prompt_tokens * share),
      seconds: training.seconds * share,
    };
  };
  if (warmUp !== undefined) yield { ...event(warmUp, null), warmUp: 'kl' };
  for (const [step, value] of loss) yield event(step, value);
  yield event(steps, null);
}

function* reports(arm: string, results: ArmResults): Generator<StudyEvent> {
  for (const { key: name } of EVALUATIONS) {
    const report = reportIn(results, name);
    if (report) yield { type: 'report', arm, name, report };
  }
  for (const { key: name } of REPORTING) {
    const report = results[name];
    if (isObject(report)) yield { type: 'report', arm, name, report };
  }
}
