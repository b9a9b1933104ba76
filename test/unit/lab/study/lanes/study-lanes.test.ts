// A study's figures do not depend on how many lanes compute them, nor on lanes that are lost.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../../../cli/backend.ts';
import { nodeThreads } from '../../../../../cli/lanes/node-threads.ts';
import type { LaneThreads } from '../../../../../src/lab/study/lanes/lane-messages.ts';
import type { LanguageModel } from '../../../../../src/model/language-model.ts';
import { figures, LANE_STUDIES, studied } from '../../../../support/lane-studies.ts';
import { eventsOf, only, tinyStudy } from '../../../../support/study-runs.ts';
import { loadTinyModel } from '../../../../support/tiny-model.ts';
import { warmThreads } from '../../../../support/warm-threads.ts';

const { start } = nodeThreads();
let model: LanguageModel;
const alone = new Map<keyof typeof LANE_STUDIES, unknown[]>();
beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
  for (const name of ['arms', 'evaluations'] as const) {
    alone.set(name, figures(await studied(model, name)));
  }
}, 300_000);

test.each([
  ['arms', 2],
  ['arms', 4],
  ['evaluations', 2],
] as const)(
  '%s by %i lanes',
  async (name, lanes) => {
    let answers = 0;
    const threads = await warmThreads(start, lanes - 1, ({ type }) => {
      expect(type).not.toBe('failed');
      if (type === 'answer') answers++;
    });
    const events = await studied(model, name, threads);
    expect(figures(events)).toEqual(alone.get(name));
    expect(only(events, 'environment')[0]!.environment.threads).toBe(lanes);
    expect(answers).toBeGreaterThan(0);
  },
  300_000,
);

test('lanes that are killed, one after the other, lose nothing', async () => {
  let [answers, kills] = [0, 0];
  const threads = await warmThreads(start, 2, ({ type }) => {
    if (type !== 'answer' || answers++ % 10 > 0) return;
    kills++;
    return 'kill';
  });
  expect(figures(await studied(model, 'arms', threads))).toEqual(alone.get('arms'));
  expect(kills).toBeGreaterThan(1);
}, 300_000);

test('what goes wrong is told as without lanes', async () => {
  const threads = await warmThreads(start, 1);
  const ends = async (mode?: LaneThreads) => {
    const { training, ...others } = LANE_STUDIES.arms;
    const lora = { ...training.lora, alpha: 1e6 };
    const broken = { ...others, training: { ...training, learning_rate: 1e38, lora } };
    return eventsOf(tinyStudy(model, broken, { threads: mode })).then(String, String);
  };
  const error = await ends();
  expect(error).toContain('is not a number at step');
  expect(await ends(threads)).toBe(error);
}, 300_000);
