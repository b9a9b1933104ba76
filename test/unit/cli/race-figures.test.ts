// The stage's race and `lab study` of its configuration come to the same figures, to the last digit.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startNodeBackend } from '../../../cli/backend.ts';
import { nodeFolder } from '../../../cli/model-folder.ts';
import { resolveExperiment } from '../../../src/lab/experiment/experiment.ts';
import { QUESTIONS, raceExperiment, usualValues } from '../../../src/lab/race/questions.ts';
import { raceOf } from '../../../src/lab/race/race.ts';
import type { Results } from '../../../src/lab/results/results.ts';
import { loadLanguageModel } from '../../../src/model/language-model.ts';
import { eventsOf, tinyStudy } from '../../support/study-runs.ts';
import { result } from './run.ts';

const BUILTIN = fileURLToPath(new URL('../../../public/models/builtin', import.meta.url));

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'race-'));
});
afterEach(() => rm(out, { recursive: true }));

// The first has other parameters to be asked for, the second has choices.
test.skipIf(!existsSync(join(BUILTIN, 'config.json'))).each(['beta', 'coin'])(
  'the race of %s',
  async (key) => {
    const question = QUESTIONS.find((one) => one.key === key)!;
    const input = raceExperiment(question.data(usualValues(question)), {
      ...{ model: 'builtin', seed: 11, answers: 1, steps: question.steps },
    });
    await startNodeBackend('wasm');
    const model = await loadLanguageModel(await nodeFolder(BUILTIN));
    const experiment = resolveExperiment(input);
    const race = raceOf(
      experiment,
      await eventsOf(tinyStudy(model, experiment, { inTurns: true })),
    )!;

    const config = join(out, 'race.json');
    await writeFile(config, JSON.stringify(input));
    await result(['study', '--config', config, '--out', join(out, 'study')]);
    const { arms }: Results = JSON.parse(
      await readFile(join(out, 'study', 'results.json'), 'utf8'),
    );

    const studied = (split: string) =>
      Object.fromEntries(
        Object.entries(arms).flatMap(([arm, { exact }]) =>
          exact.filter((row) => row.split === split).map(({ tv }) => [arm, tv]),
        ),
      );
    const raced = Object.fromEntries(
      race.lanes.map(({ arm, frames }) => [arm.name, frames.at(-1)!.away]),
    );
    expect({ base: race.base!.away, ...raced }).toEqual(studied('train'));
    const beyond = Object.entries(race.beyond?.ends ?? {}).map(([arm, { away }]) => [arm, away]);
    expect(Object.fromEntries(beyond)).toEqual(studied('test_unseen_params'));
    expect(beyond).toHaveLength(key === 'beta' ? 3 : 0);
  },
);
