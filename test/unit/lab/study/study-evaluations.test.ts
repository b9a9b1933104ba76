// The further evaluations of a study: what is run for which arm, resumed where it was left.
import { beforeAll, describe, expect, test } from 'vitest';
import { startNodeBackend } from '../../../../cli/backend.ts';
import { evaluationsOf } from '../../../../src/lab/study/arm-measures.ts';
import type { Checkpoint, StudyEvent } from '../../../../src/lab/events.ts';
import type { ExperimentInput } from '../../../../src/lab/experiment/experiment.ts';
import { resultsOf } from '../../../../src/lab/results/results.ts';
import { runState } from '../../../../src/lab/state/run-state.ts';
import { studyReport } from '../../../../src/lab/results/study-report.ts';
import type { LanguageModel } from '../../../../src/model/language-model.ts';
import * as tf from '../../../../src/tensor/tf.ts';
import { eventsOf, only, tinyExperiment, tinyStudy } from '../../../support/study-runs.ts';
import { loadTinyModel } from '../../../support/tiny-model.ts';

const prompts = (...texts: string[]) => texts.map((prompt) => ({ id: prompt, prompt }));
const EVALUATION = {
  splits: ['train', 'test_ood_family'],
  samples: 10,
  open: true,
  mcq: false,
  novelty: true,
  retention: true,
  perplexity: true,
  data: {
    open: prompts('a fruit', 'a bird'),
    novelty: prompts('a word'),
    questions: [
      {
        name: 'own',
        questions: [
          { kind: 'multiple_choice', id: '1', question: 'Which?', options: ['a', 'b'], answer: 1 },
        ],
      },
    ],
    texts: [{ id: 't', text: 'One two three.' }],
  },
} satisfies ExperimentInput['evaluation'];
const ARMS = [
  { method: 'none' },
  { method: 'soft', paths: 3 },
  { method: 'temperature' },
] satisfies ExperimentInput['arms'];
const experiment = tinyExperiment({ evaluation: EVALUATION, arms: ARMS });
/** Random strings are long: one answer to each of three prompts. */
const prompted = tinyExperiment({
  evaluation: { splits: ['train', 'test_ood_family'], samples: 1, retention: true },
  arms: [{ method: 'seed_of_thought' }],
});

let model: LanguageModel;
let events: StudyEvent[];

beforeAll(async () => {
  await startNodeBackend('wasm');
  model = await loadTinyModel();
  const before = tf.memory().numTensors;
  events = await eventsOf(tinyStudy(model, experiment));
  expect(tf.memory().numTensors).toBe(before);
}, 300_000);

test('baselines are asked for answers only', () => {
  const asked = Object.fromEntries(
    experiment.arms.map((arm) => [arm.name, evaluationsOf(experiment, arm)]),
  );
  const sampled = ['samples', 'open', 'novelty'];
  expect(asked).toEqual({
    base: [...sampled, 'retention', 'perplexity'],
    soft: [...sampled, 'retention', 'perplexity'],
    temperature: sampled,
  });
  expect(evaluationsOf(prompted, prompted.arms[0]!)).toEqual(['samples']);
  const reported = only(events, 'report').map(({ arm, name }) => `${arm}: ${name}`);
  expect(reported).toEqual(
    Object.entries(asked).flatMap(([arm, names]) => [
      ...(arm === 'temperature' ? ['temperature: temperature'] : []),
      ...names.map((name) => `${arm}: ${name}`),
    ]),
  );
});

test('each counts up to its total, after the exact scores of its arm', () => {
  for (const { name } of experiment.arms) {
    const of = events.filter(
      (event) => event.type === 'phase' && event.arm === name && event.phase !== 'searching',
    );
    const kinds = of.map((event) => (event as { phase: string }).phase);
    expect(kinds.lastIndexOf('scoring')).toBeLessThan(kinds.indexOf('evaluating'));
  }
  const counts = new Map<string, { done: number; total: number }[]>();
  for (const { phase, arm, evaluation, done, total } of only(events, 'phase')) {
    if (phase !== 'evaluating') continue;
    const key = `${arm} ${evaluation}`;
    counts.set(key, [...(counts.get(key) ?? []), { done, total }]);
  }
  expect(counts.size).toBe(5 + 5 + 3);
  for (const told of counts.values()) {
    const done = told.map((progress) => progress.done);
    expect([...new Set(done)]).toEqual(Array.from({ length: told[0]!.total + 1 }, (_, i) => i));
    expect(done).toEqual([...done].sort((a, b) => a - b));
  }
  expect(only(events, 'phase').at(-1)!.secondsLeft).toBeCloseTo(0, 9);
});

test('every other arm has exact scores for every prompt', () => {
  const scored = (arm: string) => only(events, 'row').filter(({ row }) => row.arm === arm).length;
  expect([scored('base'), scored('soft'), scored('temperature')]).toEqual([3, 3, 3]);
});

test('a baseline by prompting is sampled only, also from a checkpoint without evaluations', async () => {
  const resume = {
    arm: 'seed of thought',
    step: 0,
    state: { trainer: null, seconds: 0, scored: 0 },
  };
  const seen = await eventsOf(tinyStudy(model, prompted, { resume }));
  expect(only(seen, 'row')).toHaveLength(0);
  expect(only(seen, 'report')).toHaveLength(1);
  expect(only(seen, 'report')[0]!.report).toMatchObject({ rows: [{ n: 1 }, { n: 1 }, { n: 1 }] });
}, 60_000);

test('the temperature found is no worse on its prompts than 1', () => {
  const report = only(events, 'report').find(({ name }) => name === 'temperature')!.report as {
    temperature: number;
    search: { best: { score: number }; curve: { temperature: number; score: number }[] };
  };
  const atOne = report.search.curve.find(({ temperature }) => temperature === 1)!;
  expect(report.search.best.score).toBeLessThanOrEqual(atOne.score);
  const train = (arm: string) => {
    const rows = only(events, 'row').filter(({ row }) => row.arm === arm && row.split === 'train');
    return rows.reduce((sum, { row }) => sum + row.kl, 0) / rows.length;
  };
  // The measured trained prompts are those of the search.
  expect(train('base')).toBeCloseTo(atOne.score, 9);
  expect(train('temperature')).toBeCloseTo(report.search.best.score, 9);
});

test('results have the rows of samples and the reports, and the report shows them', () => {
  const results = resultsOf(runState(experiment, events));
  const { base, soft } = results.arms;
  expect(base!.samples).toHaveLength(3);
  expect((base!.samples as unknown[])[0]).toMatchObject({ n: 10, split: 'train' });
  expect(base!.sampling).toMatchObject({ evaluation: 'structured_sampling' });
  expect(soft!.open).toMatchObject({ evaluation: 'open_ended', settings: { samples: 50 } });
  const text = studyReport(results);
  for (const title of [
    'Sampled answers',
    'Open-ended answers',
    'Novelty',
    'Retention',
    'Perplexity',
  ]) {
    expect(text).toContain(`## ${title}`);
  }
  expect(text).toMatch(/\| unique fraction \| [\d.]+/);
  expect(text).toMatch(/The arm temperature is sampled at temperature [\d.]+\./);
});

describe('goes on', () => {
  const measured = (all: readonly StudyEvent[]) => [...only(all, 'row'), ...only(all, 'report')];

  test('from every checkpoint between evaluations, to the same reports', async () => {
    const left: { checkpoint: Checkpoint; after: number }[] = [];
    events.forEach((event, i) => {
      if (event.type === 'checkpoint') left.push({ checkpoint: event.checkpoint, after: i + 1 });
    });
    const states = left.map(({ checkpoint: { arm, state } }) => {
      const { scored, evaluated } = state as { scored: number; evaluated: number };
      return `${arm} ${scored} ${evaluated}`;
    });
    expect(states).toContain('base 3 4');
    for (const wanted of ['base 3 4', 'soft 3 3', 'temperature 3 1']) {
      const { checkpoint, after } = left[states.lastIndexOf(wanted)]!;
      const resumed = await eventsOf(
        tinyStudy(model, experiment, { resume: structuredClone(checkpoint) }),
      );
      expect(measured(resumed), wanted).toEqual(measured(events.slice(after)));
    }
  }, 300_000);
});

test('cancelled in an evaluation, it ends there and leaves nothing', async () => {
  const before = tf.memory().numTensors;
  const controller = new AbortController();
  const seen: StudyEvent[] = [];
  const run = async () => {
    const signal = controller.signal;
    for await (const event of tinyStudy(model, experiment, { signal })) {
      seen.push(event);
      if (event.type === 'phase' && event.evaluation === 'open' && event.done === 1) {
        controller.abort(new Error('enough'));
      }
    }
  };
  await expect(run()).rejects.toThrow('enough');
  expect(only(seen, 'report').map(({ name }) => name)).toEqual(['samples']);
  expect(tf.memory().numTensors).toBe(before);
}, 60_000);
