// A study's figures do not depend on how many lanes compute them, nor on lanes that are lost.
import { beforeAll, expect, test } from 'vitest';
import { startNodeBackend } from '../../../../../cli/backend.ts';
import type { StudyEvent } from '../../../../../src/lab/events.ts';
import type { LaneThreads } from '../../../../../src/lab/study/lanes/lane-messages.ts';
import type { LanguageModel } from '../../../../../src/model/language-model.ts';
import * as tf from '../../../../../src/tensor/tf.ts';
import { eventsOf, only, TINY, tinyExperiment, tinyStudy } from '../../../../support/study-runs.ts';
import { loadTinyModel } from '../../../../support/tiny-model.ts';
import { warmThreads } from '../../../../support/warm-threads.ts';

const prompts = (...texts: string[]) => texts.map((prompt) => ({ id: prompt, prompt }));

const EXPERIMENTS = {
  /** Every way to learn; dropout, an anchor, passes of several prompts, a search. */
  arms: tinyExperiment({
    arms: [
      { method: 'none' },
      { method: 'soft', paths: 4 },
      { method: 'hard', answers: 4, anchor: { prompts: ['a b', 'c d e', 'f'], batch: 2 } },
      { method: 'exact', objective: 'js', paths: 'trie' },
      { method: 'temperature' },
    ],
  }),
  evaluations: tinyExperiment({
    arms: [{ method: 'soft', paths: 2 }],
    training: { ...TINY.training, steps: 2 },
    evaluation: {
      splits: ['train'],
      samples: 5,
      open: true,
      novelty: true,
      partitioner: { threshold: 0.8 },
      retention: true,
      drift: true,
      perplexity: true,
      data: {
        open: prompts('a fruit', 'a bird', 'a tree'),
        novelty: prompts('a word', 'a name'),
        texts: [{ id: 't', text: 'One two three. '.repeat(40) }],
      },
    },
  }),
};
type Name = keyof typeof EXPERIMENTS;
const NAMES = Object.keys(EXPERIMENTS) as Name[];

let model: LanguageModel;
const alone = new Map<Name, unknown[]>();
beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
  for (const name of NAMES) alone.set(name, figures(await studied(name)));
}, 300_000);

/** The events of the study; it leaves no tensor behind. */
async function studied(name: Name, threads?: LaneThreads): Promise<StudyEvent[]> {
  const before = tf.memory().numTensors;
  const events = await eventsOf(tinyStudy(model, EXPERIMENTS[name], { threads }));
  expect(tf.memory().numTensors).toBe(before);
  return events;
}

/** All that results.json is made of, less times. */
const figures = (events: readonly StudyEvent[]) =>
  events.flatMap((event): unknown[] => {
    if (event.type === 'phase' || event.type === 'environment' || event.type === 'done') return [];
    if (event.type === 'step') return [{ ...event, seconds: 0, secondsLeft: 0 }];
    if (event.type !== 'checkpoint') return [event];
    const { arm, step, state } = event.checkpoint;
    return [{ arm, step, state: { ...(state as object), seconds: 0 } }];
  });

test.each([
  ['arms', 2],
  ['arms', 4],
  ['evaluations', 2],
] as const)(
  '%s by %i lanes',
  async (name, lanes) => {
    let answers = 0;
    const threads = await warmThreads(lanes - 1, ({ type }) => {
      expect(type).not.toBe('failed');
      if (type === 'answer') answers++;
    });
    const events = await studied(name, threads);
    expect(figures(events)).toEqual(alone.get(name));
    expect(only(events, 'environment')[0]!.environment.threads).toBe(lanes);
    expect(answers).toBeGreaterThan(0);
  },
  300_000,
);

test('lanes that are killed, one after the other, lose nothing', async () => {
  let [answers, kills] = [0, 0];
  const threads = await warmThreads(2, ({ type }) => {
    if (type !== 'answer' || ++answers % 10 > 0) return;
    kills++;
    return 'kill';
  });
  expect(figures(await studied('arms', threads))).toEqual(alone.get('arms'));
  expect(kills).toBeGreaterThan(1);
}, 300_000);

test('what goes wrong is told as without lanes', async () => {
  const threads = await warmThreads(1);
  const ends = async (mode?: LaneThreads) => {
    const { training, ...others } = EXPERIMENTS.arms;
    const lora = { ...training.lora, alpha: 1e6 };
    const broken = { ...others, training: { ...training, learning_rate: 1e38, lora } };
    return eventsOf(tinyStudy(model, broken, { threads: mode })).then(String, String);
  };
  const error = await ends();
  expect(error).toContain('is not a number at step');
  expect(await ends(threads)).toBe(error);
}, 300_000);
