// The temperature baseline's temperature: given, or the best on trained prompts.
import { familyBalancedMean } from '../../core/scoring/bootstrap.ts';
import { searchTemperature, type TemperatureSearch } from '../../evaluation/temperature-search.ts';
import type { Arm } from '../experiment/experiment.ts';
import type { StudyEvent } from '../events.ts';
import { progressOf } from './progress-stream.ts';
import type { Study } from './study-context.ts';
import { phaseEvent } from './study-events.ts';
import { scoringResolution } from '../plan/study-plan.ts';
import { firstOfEach } from '../plan/study-prompts.ts';
import { scoreTask } from './study-scoring.ts';
import { TaskMaker } from './study-tasks.ts';

/** How a temperature was found. `search` is null where the experiment gives it. */
export interface TemperatureReport {
  readonly evaluation: 'temperature';
  readonly temperature: number;
  /** Family-balanced exact KL to the targets of trained prompts, one for each family. */
  readonly search: TemperatureSearch | null;
}

/** Finds the arm's temperature; the untouched model's own, 1, where no other has a finite score. */
export async function* findTemperature(
  study: Study,
  arm: Extract<Arm, { method: 'temperature' }>,
): AsyncGenerator<StudyEvent, number> {
  const search = arm.temperature === undefined ? yield* searched(study, arm.name) : null;
  const temperature = arm.temperature ?? search?.best?.temperature ?? 1;
  const report: TemperatureReport = { evaluation: 'temperature', temperature, search };
  yield { type: 'report', arm: arm.name, name: 'temperature', report };
  return temperature;
}

async function* searched(
  { experiment, model, training, clock, signal }: Study,
  arm: string,
): AsyncGenerator<StudyEvent, TemperatureSearch> {
  const tasks = new TaskMaker(model.tokenizer, scoringResolution(experiment));
  const prompts = firstOfEach(training, 1);
  const stream = progressOf(
    (onProgress, heard) =>
      searchTemperature(
        async (temperature) => {
          const measured = [];
          for (const prompt of prompts) {
            const options = { temperature, signal: heard };
            const task = tasks.make(prompt);
            const { scores } = await scoreTask(model.decoder, task, experiment.seed, options);
            measured.push({ family: prompt.family, values: [scores.kl] });
          }
          return familyBalancedMean(measured);
        },
        { signal: heard, onProgress },
      ),
    signal,
  );
  clock.start();
  for (let before = 0; ;) {
    const next = await stream.next();
    const share = next.done ? 1 : next.value.done / next.value.total;
    clock.done('search', share - before);
    if (next.done) return next.value;
    before = share;
    const { done, total } = next.value;
    yield phaseEvent('searching', done, total, 'temperatures', arm, clock.secondsLeft);
    clock.start();
  }
}
