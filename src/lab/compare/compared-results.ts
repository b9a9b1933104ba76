// The results of a study as the comparison reads a run.
import type { TargetEvent } from '../events.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { AnswersFile } from '../results/kept-answers.ts';
import type { Results } from '../results/results.ts';
import { machineText, segmentsOf } from '../state/segments.ts';
import { scoringResolution } from '../plan/study-plan.ts';
import type { ComparedAnswers, ComparedArm, ComparedRun } from './compared-run.ts';
import { readSettings } from './compared-settings.ts';

/** @param about `name` tells the runs of a comparison apart; `id` is unlike those of the others */
export function comparedResults(
  {
    config,
    arms: results,
    ...computed
  }: Pick<Results, 'environment' | 'segments' | 'arms'> & { readonly config: unknown },
  answers: AnswersFile | null,
  about: { readonly id: string; readonly name: string },
): ComparedRun {
  const { settings, arms, note } = readSettings(config);
  const compared = Object.entries(results).map(([name, ofArm]): ComparedArm => {
    const own = arms.find((arm) => arm.name === name);
    return {
      name,
      method: own?.method ?? 'unknown',
      settings: own ?? {},
      results: ofArm,
      answers: answersOf(answers, name),
    };
  });
  const targets = (answers?.targets ?? []).map((target): [string, TargetEvent] => [
    target.id,
    { ...target, type: 'target' },
  ]);
  return {
    ...about,
    createdAt: 0,
    status: 'done',
    seed: typeof settings.seed === 'number' ? settings.seed : null,
    settings,
    machine: machineText(segmentsOf(computed)),
    seconds: null,
    arms: compared,
    targets: new Map(targets),
    answerSpace: note === null ? spaceOf(settings) : JSON.stringify(settings.data),
    notes: note === null ? [] : [note],
  };
}

/** @param settings of an experiment that this version understands */
function spaceOf(settings: ComparedRun['settings']): string {
  const { data, training } = settings as Pick<Experiment, 'data' | 'training'>;
  return JSON.stringify([scoringResolution({ data, training }), data.choices, data.prompt]);
}

function answersOf(answers: AnswersFile | null, arm: string): Map<string, ComparedAnswers> {
  const own = answers && Object.hasOwn(answers.arms, arm) ? answers.arms[arm]! : {};
  return new Map(
    Object.entries(own).map(([id, { probabilities, invalid_mass }]) => [
      id,
      { probabilities, invalidMass: invalid_mass },
    ]),
  );
}
