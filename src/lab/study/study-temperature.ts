// The temperature of an arm that has one: given, or the best on trained prompts.
import { familyBalancedMean } from '../../core/scoring/bootstrap.ts';
import { type MethodName, methodOf } from '../../methods/names.ts';
import { searchTemperature, type TemperatureSearch } from '../../methods/temperature/search.ts';
import type { Arm } from '../experiment/experiment.ts';
import type { StudyEvent } from '../events.ts';
import type { Study } from './study-context.ts';
import { scoringResolution } from '../plan/study-plan.ts';
import { firstOfEach } from '../plan/study-prompts.ts';
import { scoreTask } from './study-scoring.ts';
import { TaskMaker } from './study-tasks.ts';
import { timedWork } from './timed-work.ts';

/** How a temperature was found. `search` is null where the experiment gives it. */
export interface TemperatureReport {
  /** The method. */
  readonly evaluation: MethodName;
  readonly temperature: number;
  /** Family-balanced exact KL to the targets of trained prompts, one for each family. */
  readonly search: TemperatureSearch | null;
}

/** Undefined for arms that are sampled as they are. */
export const temperatureOf = (arm: Arm): number | 'search' | undefined =>
  methodOf(arm).answering?.temperature?.(arm as never);

/** Finds the arm's temperature; the untouched model's own, 1, where no other has a finite score. */
export async function* findTemperature(study: Study, arm: Arm): AsyncGenerator<StudyEvent, number> {
  const given = temperatureOf(arm);
  const search = given === 'search' ? yield* searched(study, arm.name) : null;
  const temperature = search ? (search.best?.temperature ?? 1) : (given as number);
  const report: TemperatureReport = { evaluation: arm.method, temperature, search };
  yield { type: 'report', arm: arm.name, name: arm.method, report };
  return temperature;
}

async function* searched(study: Study, arm: string): AsyncGenerator<StudyEvent, TemperatureSearch> {
  const { experiment, model, pool, training } = study;
  const tasks = new TaskMaker(model.tokenizer, scoringResolution(experiment));
  const prompts = firstOfEach(training, 1);
  return yield* timedWork(
    study,
    'search',
    { phase: 'searching', unit: 'temperatures', arm },
    (onProgress, signal) =>
      searchTemperature(
        async (temperature) => {
          const measured = prompts.map(async (prompt) => {
            const options = { temperature, signal };
            const { scores } = await scoreTask(
              pool.ask,
              tasks.make(prompt),
              experiment.seed,
              options,
            );
            return { family: prompt.family, values: [scores.kl] };
          });
          return familyBalancedMean(await Promise.all(measured));
        },
        { signal, onProgress },
      ),
  );
}
