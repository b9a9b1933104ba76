// A study that is cut off anywhere and continued gives what it would have given.
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startNodeBackend } from '../../../../cli/backend.ts';
import { InputError } from '../../../../src/core/errors.ts';
import type { Checkpoint, StudyEvent } from '../../../../src/lab/events.ts';
import type { ArmState } from '../../../../src/lab/study/study-context.ts';
import type { LanguageModel } from '../../../../src/model/language-model.ts';
import * as tf from '../../../../src/tensor/tf.ts';
import { eventsOf, only, tinyExperiment, tinyStudy } from '../../../support/study-runs.ts';
import { loadTinyModel } from '../../../support/tiny-model.ts';

let model: LanguageModel;

beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
}, 60_000);

afterEach(() => vi.restoreAllMocks());

/** Every look at the clock takes seconds: checkpoints come as often as they can. */
function slowClock(): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 6_000));
}

/** What must not depend on an interruption. */
const results = (events: readonly StudyEvent[]) => ({
  rows: only(events, 'row'),
  snapshots: only(events, 'snapshot'),
  losses: only(events, 'step').map(({ arm, step, loss, answerTokens, promptTokens }) => ({
    ...{ arm, step, loss, answerTokens, promptTokens },
  })),
});

test('goes on from every kind of checkpoint', async () => {
  slowClock();
  const experiment = tinyExperiment({
    evaluation: { splits: ['train', 'test_ood_family'] },
    arms: [{ method: 'none' }, { method: 'soft', paths: 3 }, { name: 'again', method: 'none' }],
  });
  const events: StudyEvent[] = [];
  const left: { checkpoint: Checkpoint; after: number }[] = [];
  for await (const event of tinyStudy(model, experiment)) {
    if (event.type === 'checkpoint') {
      left.push({ checkpoint: structuredClone(event.checkpoint), after: events.length });
    }
    events.push(event);
  }
  const places = left.map(({ checkpoint: { arm, step, state } }) => {
    return `${arm}, step ${step}, ${(state as ArmState).scored} scored`;
  });
  expect(places).toEqual([
    ...['base, step 0, 0 scored', 'base, step 0, 1 scored', 'base, step 0, 2 scored'],
    ...['base, step 0, 3 scored', 'soft, step 0, 0 scored', 'soft, step 5, 0 scored'],
    ...['soft, step 7, 0 scored', 'soft, step 7, 1 scored', 'soft, step 7, 2 scored'],
    ...['soft, step 7, 3 scored', 'again, step 0, 0 scored', 'again, step 0, 1 scored'],
    ...['again, step 0, 2 scored', 'again, step 0, 3 scored'],
  ]);
  for (const at of [0, 2, 4, 5, 6, 8, 11, 13]) {
    const { checkpoint, after } = left[at]!;
    const before = tf.memory().numTensors;
    const resumed = await eventsOf(tinyStudy(model, experiment, { resume: checkpoint }));
    expect(results(resumed), places[at]).toEqual(results(events.slice(after)));
    expect(only(resumed, 'target')).toHaveLength(0);
    const { arm, step } = checkpoint;
    expect(only(resumed, 'environment').map(({ from }) => from)).toEqual([{ arm, step }]);
    expect(only(resumed, 'phase').at(-1)!.secondsLeft).toBe(0);
    const trained = only(resumed, 'step').at(-1);
    if (trained) expect(trained.seconds).toBe(only(events, 'step').at(-1)!.seconds);
    expect(tf.memory().numTensors).toBe(before);
  }
}, 180_000);

test('asks the untouched model again where an anchored arm goes on', async () => {
  slowClock();
  const anchor = { batch: 2, answers: 2, max_tokens: 3, prompts: ['One?', 'Two?', 'Three?'] };
  const plain = { method: 'soft', paths: 3 } as const;
  const experiment = tinyExperiment({
    evaluation: { splits: ['train'] },
    arms: [
      { ...plain, name: 'plain' },
      { ...plain, name: 'anchored', anchor },
    ],
  });
  const events = await eventsOf(tinyStudy(model, experiment));
  const asked = (of: readonly StudyEvent[]) =>
    only(of, 'phase').filter(({ phase, arm }) => phase === 'preparing' && arm === 'anchored');
  expect(asked(events).map(({ done, total }) => [done, total])).toEqual(
    [0, 1, 2, 3].map((done) => [done, 3]),
  );
  const tokens = (name: string) => only(events, 'step').findLast(({ arm }) => arm === name)!;
  const more = tokens('anchored').answerTokens - tokens('plain').answerTokens;
  expect(more).toBeGreaterThanOrEqual(7 * 2 * 2); // steps, prompts, fed tokens of the shortest answers
  expect(more).toBeLessThanOrEqual(7 * 2 * 2 * 2);

  const left = only(events, 'checkpoint').filter(({ checkpoint }) => checkpoint.arm === 'anchored');
  expect(left.slice(0, 3).map(({ checkpoint }) => checkpoint.step)).toEqual([0, 5, 7]);
  for (const [i, event] of left.slice(0, 3).entries()) {
    const resume = structuredClone(event.checkpoint);
    const resumed = await eventsOf(tinyStudy(model, experiment, { resume }));
    expect(results(resumed)).toEqual(results(events.slice(events.indexOf(event) + 1)));
    expect(asked(resumed)).toHaveLength(i < 2 ? 4 : 0); // a trained arm needs its anchor no more
    expect(only(resumed, 'phase').at(-1)!.secondsLeft).toBe(0);
  }
}, 60_000);

describe('cancelling', () => {
  test.each<[string, (event: StudyEvent) => boolean]>([
    ['while prompts are prepared', ({ type }) => type === 'target'],
    ['between steps', ({ type }) => type === 'step'],
    ['while scoring', (event) => event.type === 'row' && event.row.arm === 'soft'],
  ])('%s ends the study at once and leaves nothing', async (_, when) => {
    const before = tf.memory().numTensors;
    const controller = new AbortController();
    const seen: StudyEvent[] = [];
    const run = async () => {
      for await (const event of tinyStudy(model, tinyExperiment(), { signal: controller.signal })) {
        if (controller.signal.aborted) seen.push(event);
        if (when(event)) controller.abort(new Error('enough'));
      }
    };
    await expect(run()).rejects.toThrow('enough');
    expect(seen.filter(({ type }) => type === 'row' || type === 'step')).toHaveLength(0);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('by not asking for more leaves nothing either', async () => {
    const before = tf.memory().numTensors;
    for await (const event of tinyStudy(model, tinyExperiment())) if (event.type === 'step') break;
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('is refused', () => {
  const refused = (study: AsyncGenerator<StudyEvent>, field: string) =>
    expect(eventsOf(study)).rejects.toMatchObject({ name: 'InputError', field });

  test('with the checkpoint of an arm that is not there', () =>
    refused(
      tinyStudy(model, tinyExperiment(), { resume: { arm: 'gone', step: 0, state: null } }),
      'resume',
    ));

  test('with the checkpoint of another adapter', async () => {
    let checkpoint: Checkpoint | undefined;
    for await (const event of tinyStudy(model, tinyExperiment())) {
      if (event.type !== 'checkpoint') continue;
      ({ checkpoint } = event);
      if (checkpoint.step > 0) break;
    }
    const other = tinyExperiment({ training: { lora: { rank: 5 } } });
    await refused(tinyStudy(model, other, { resume: checkpoint! }), 'resume');
  });

  test('with a projection that the model does not have, before anything else', async () => {
    const training = { lora: { targets: ['q_proj', 'c_attn'] } };
    const study = tinyStudy(model, tinyExperiment({ training }));
    await expect(study.next()).rejects.toThrow(InputError);
  });

  test('with answers that the tokenizer cannot write', async () => {
    const data = { choices: [{ value: 'heads' }, { value: 'żółw' }] };
    await expect(eventsOf(tinyStudy(model, tinyExperiment({ data })))).rejects.toThrow(InputError);
  });
});
