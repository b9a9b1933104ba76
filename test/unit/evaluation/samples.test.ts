// Structured sampling of scripted models whose answer distributions, and so whose figures, are known.
import { expect, test } from 'vitest';
import { createDistribution } from '../../../src/core/distributions/create.ts';
import { expectedTotalVariation } from '../../../src/core/scoring/sampled-variation.ts';
import { outputSpace } from '../../../src/core/targets/output-space.ts';
import type { SamplingModel } from '../../../src/evaluation/evaluated-model.ts';
import { samplingFigures } from '../../../src/evaluation/samples/sampling-figures.ts';
import type { SamplingRow } from '../../../src/evaluation/samples/sampling-row.ts';
import { evaluateStructuredSampling } from '../../../src/evaluation/samples.ts';
import type { SamplingTask } from '../../../src/evaluation/sampling-task.ts';
import { Comparison, readGolden } from '../../golden/golden.ts';
import { figureOf, fiveErrors, scriptedModel, type Answers } from './scripted-model.ts';

const SEED = 11;

function taskOf(
  family: string,
  parameters: Record<string, number>,
  split = 'test_unseen_params',
): SamplingTask {
  const distribution = createDistribution(family, parameters);
  const space = outputSpace(distribution);
  const id = `${family} ${JSON.stringify(parameters)}`;
  return { id, split, family, prompt: id, distribution, space };
}

/** The canonical answers with their probabilities times `share`. */
function calibrated({ space }: SamplingTask, share = 1): Answers {
  return Object.fromEntries(space.values.map((text, i) => [text, share * space.probabilities[i]!]));
}

test('a calibrated model that is sometimes invalid scores what its script implies', async () => {
  const task = taskOf('beta', { alpha: 2, beta: 5 });
  const model = scriptedModel({
    answers: () => ({ ...calibrated(task, 0.9), 'I would say 0.3': 0.06, '1.5': 0.04 }),
  });
  const report = await evaluateStructuredSampling(model, [task], { seed: SEED });
  const [row] = report.rows;
  expect(model.calls).toEqual([
    { prompt: task.prompt, n: 1000, seed: SEED, temperature: 1, maxTokens: 32 },
  ]);
  expect(row!.n).toBe(1000);
  expect(Math.abs(row!.valid_rate! - 0.9)).toBeLessThan(fiveErrors(0.9, 1000));
  expect(Math.abs(row!.support_violation_rate! - 0.04)).toBeLessThan(fiveErrors(0.04, 1000));

  const valid = 1000 * row!.valid_rate!;
  const variance = 10 / (49 * 8);
  expect(row!.mean_error).toBeLessThan(5 * Math.sqrt(variance / valid));
  // McDiarmid: one of `valid` answers moves the total variation by at most 1 / valid.
  const bound = Math.sqrt(Math.log(2e6) / (2 * valid));
  expect(Math.abs(row!.excess_total_variation!)).toBeLessThan(bound);
  expect(row!.total_variation! - row!.excess_total_variation!).toBeCloseTo(
    expectedTotalVariation(task.space.probabilities, valid),
    12,
  );
  // E W1 is at most the integral of sqrt(F (1 - F) / n); rounding to two decimals moves a value by 0.005.
  let integral = 0;
  for (let x = 0.0005; x < 1; x += 0.001) {
    const p = task.distribution!.cdf(x);
    integral += 0.001 * Math.sqrt((p * (1 - p)) / valid);
  }
  expect(row!.wasserstein_1).toBeLessThan(3 * integral + 0.005);
  expect(row!.gof.test).toBe('ks');
  expect(row!.gof.p_value).toBeGreaterThan(1e-4);
});

test('a collapsed model scores exactly what a point mass is away from the target', async () => {
  const task = taskOf('uniform', { a: 0, b: 1 });
  const model = scriptedModel({ answers: () => ({ '0.50': 1 }) });
  const report = await evaluateStructuredSampling(model, [task], { seed: SEED });
  const row = report.rows[0]!;
  const median = task.space.probabilities[task.space.values.indexOf('0.50')]!;
  expect(row.valid_rate).toBe(1);
  expect(row.total_variation).toBeCloseTo(1 - median, 12);
  expect(row.wasserstein_1).toBeCloseTo(0.25, 12); // E|U - 1/2|
  expect(row.mean_error).toBeCloseTo(0, 12);
  expect(row.variance_error).toBeCloseTo(1 / 12, 12);
  expect(row.gof.statistic).toBeCloseTo(0.5, 12);
  expect(row.gof.p_value).toBeLessThan(1e-100);
});

test('a biased discrete model has its own total variation, up to sampling', async () => {
  const task = taskOf('bernoulli', { p: 0.3 });
  const model = scriptedModel({ answers: () => ({ '0': 0.2, '1': 0.8 }) });
  const [row] = (await evaluateStructuredSampling(model, [task], { seed: SEED })).rows;
  expect(Math.abs(row!.total_variation! - 0.5)).toBeLessThan(fiveErrors(0.8, 1000));
  // n sum (q - p)^2 / p = 1000 * 0.25 * (1 / 0.3 + 1 / 0.7), and its first-order sampling error.
  const slope = 2 * 0.5 * (1 / 0.3 + 1 / 0.7) * 1000;
  const error = slope * fiveErrors(0.8, 1000);
  expect(row!.gof.test).toBe('chi_square');
  expect(Math.abs(row!.gof.statistic! - 250 * (1 / 0.3 + 1 / 0.7))).toBeLessThan(1.2 * error);
});

test('temperature and number of samples reach the model', async () => {
  const task = taskOf('bernoulli', { p: 0.5 });
  const model = scriptedModel({ answers: () => ({ '0': 0.9, '1': 0.1 }) });
  const options = { seed: SEED, samples: 4000, temperature: 2, maxTokens: 5 };
  const report = await evaluateStructuredSampling(model, [task], options);
  expect(model.calls[0]).toMatchObject({ n: 4000, temperature: 2, maxTokens: 5 });
  const hot = Math.sqrt(0.1) / (Math.sqrt(0.9) + Math.sqrt(0.1)); // 0.25
  expect(Math.abs(report.rows[0]!.sample_mean! - hot)).toBeLessThan(fiveErrors(hot, 4000));
});

test('nothing valid is undefined, not perfect', async () => {
  const task = taskOf('gaussian', { mu: 0, sigma: 1 });
  const model = scriptedModel({ answers: () => ({ 'As a model, I cannot.': 1 }) });
  const report = await evaluateStructuredSampling(model, [task], { seed: SEED, samples: 50 });
  expect(report.rows[0]).toMatchObject({
    valid_rate: 0,
    support_violation_rate: 0,
    mean_error: null,
    wasserstein_1: null,
    total_variation: null,
    excess_total_variation: null,
    gof: { statistic: null, p_value: null },
    anderson: null,
  });
  const tv = figureOf(report.figures, 'total_variation', 'test_unseen_params');
  expect(tv).toMatchObject({ value: null, low: null, count: 0 });
  expect(tv.note).toBe('undefined for 1 of 1 prompts');
});

test('reports are plain data, the same for the same seed, and cancel is heard', async () => {
  const tasks = [taskOf('poisson', { lambda: 3 }), taskOf('cauchy', { x0: 0, gamma: 1 })];
  const model = scriptedModel({
    answers: (prompt) => calibrated(tasks.find((task) => task.prompt === prompt)!),
  });
  const progress: [number, number][] = [];
  const run = (seed: number) =>
    evaluateStructuredSampling(model, tasks, {
      seed,
      samples: 100,
      onProgress: (...at) => progress.push(at),
    });
  const report = await run(1);
  expect(progress).toEqual([
    [0, 2],
    [1, 2],
    [2, 2],
  ]);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  expect(await run(1)).toEqual(report);
  expect((await run(2)).rows).not.toEqual(report.rows);

  const controller = new AbortController();
  const stopped = evaluateStructuredSampling(model, tasks, {
    seed: 1,
    signal: controller.signal,
    onProgress: (done) => done === 1 && controller.abort(new Error('enough')),
  });
  await expect(stopped).rejects.toThrow('enough');
});

interface GoldenScores {
  items: {
    id: string;
    family: string;
    params: Record<string, number>;
    values: number[];
    moments: Record<string, number | null>;
    gof: { gof_statistic: number | null; gof_pvalue: number | null };
  }[];
  family_balanced_summary: {
    name: string;
    rows?: ({ split: string; family_id: string } & Record<string, number | null | string>)[];
    row_indices?: number[];
    summary: { splits: Record<string, Record<string, number | null>> };
  }[];
}
const golden = readGolden<GoldenScores>('scores');

test("the reference's samples score as in the reference when a model gives them", async () => {
  const compare = new Comparison();
  for (const { id, family, params, values, moments, gof } of golden.items) {
    const counts = new Map<string, number>();
    for (const value of values) counts.set(`${value}`, (counts.get(`${value}`) ?? 0) + 1);
    const model: SamplingModel = { sample: () => Promise.resolve(counts) };
    const task = { ...taskOf(family, params), id };
    const [row] = (await evaluateStructuredSampling(model, [task], { seed: 1 })).rows;
    expect(row!.valid_rate).toBe(1);
    const quantile = { relative: family === 'student_t' ? 1e-7 : 1e-8 };
    compare.number(row!.wasserstein_1, moments['wasserstein_1']!, `${id} w1`, quantile);
    const tolerance = { relative: 1e-9, absolute: 1e-14 };
    compare.number(row!.mean_error, moments['mean_error']!, `${id} mean`, tolerance);
    compare.number(row!.variance_error, moments['variance_error']!, `${id} variance`, tolerance);
    compare.number(row!.gof.statistic, gof.gof_statistic, `${id} statistic`);
    compare.number(row!.gof.p_value, gof.gof_pvalue, `${id} p`);
  }
  expect(compare.count).toBe(5 * golden.items.length);
});

test('reference means are void where one prompt is undefined, ours say how many are', () => {
  const compare = new Comparison();
  const all = golden.family_balanced_summary[0]!.rows!;
  for (const { name, rows, row_indices, summary } of golden.family_balanced_summary) {
    const chosen = rows ?? row_indices!.map((i) => all[i]!);
    const figures = samplingFigures([chosen.map(rowOf)], SEED);
    for (const [split, expected] of Object.entries(summary.splits)) {
      const number = (key: string) => figureOf(figures, `reference_${key}`, split).value;
      for (const key of ['valid_rate', 'mean_error', 'variance_error', 'wasserstein_1']) {
        compare.number(number(key), expected[`avg_${key}`]!, `${name} ${split} ${key}`);
      }
      const ours = figureOf(figures, 'mean_error', split);
      const undefinedRows = chosen.filter(
        (row) => row.split === split && row['mean_error'] === null,
      );
      expect(ours.value).not.toBeNull();
      expect(ours.note !== null).toBe(undefinedRows.length > 0);
      expect(ours.low!).toBeLessThanOrEqual(ours.value!);
      expect(ours.high!).toBeGreaterThanOrEqual(ours.value!);
    }
  }
  expect(compare.count).toBeGreaterThan(12);
});

function rowOf(
  row: NonNullable<GoldenScores['family_balanced_summary'][0]['rows']>[0],
): SamplingRow {
  const figure = (key: string) => row[key] as number | null;
  return {
    id: '',
    split: row.split,
    family: row.family_id,
    n: 100,
    valid_rate: figure('valid_rate'),
    support_violation_rate: figure('support_violation_rate'),
    sample_mean: null,
    sample_variance: null,
    mean_error: figure('mean_error'),
    variance_error: figure('variance_error'),
    wasserstein_1: figure('wasserstein_1'),
    total_variation: null,
    excess_total_variation: null,
    gof: { test: 'ks', statistic: null, p_value: null },
    anderson: null,
  };
}

test('several training seeds are summarised together', async () => {
  const tasks = [0.2, 0.4, 0.6, 0.8].map((p) => taskOf('bernoulli', { p }));
  const runs = await Promise.all(
    [0.9, 0.5].map(async (share) => {
      const model = scriptedModel({ answers: () => ({ '1': share, no: 1 - share }) });
      const options = { seed: SEED, samples: 2000 };
      return (await evaluateStructuredSampling(model, tasks, options)).rows;
    }),
  );
  const figure = figureOf(samplingFigures(runs, SEED), 'valid_rate', 'test_unseen_params');
  expect(figure.count).toBe(4);
  // Two seeds drawn with replacement are both the first or both the second in half the resamples.
  expect(Math.abs(figure.value! - 0.7)).toBeLessThan(fiveErrors(0.7, 8 * 2000));
  expect(Math.abs(figure.low! - 0.5)).toBeLessThan(0.03);
  expect(Math.abs(figure.high! - 0.9)).toBeLessThan(0.03);
});
