// What shared beginnings save: each piece of work done by the lab, and as if nothing were shared.
import type { ModelConfig } from '../model/sizes.ts';
import { selectedPrompts } from '../tasks/selected-prompts.ts';
import type { DrawingTask, ScoringTask, BenchTask, TrainingTask } from '../tasks/task.ts';
import { softBatch } from '../workload/soft-batch.ts';
import type { Layout } from '../workload/soft-batch.ts';
import { decoderSpecFrom } from '../../src/model/families/index.ts';
import { checkAgreement } from '../series/agreement.ts';
import type { Place } from '../places/place.ts';
import { sameDistribution } from '../series/same-distribution.ts';
import { runSeries } from '../series/series.ts';
import type { Measurements, SeriesOptions } from '../series/series.ts';
import type { BenchSettings } from '../settings.ts';
import { spreadOf } from '../series/spread.ts';
import type { Spread } from '../series/spread.ts';

/** A soft step with merged paths against one with a row per path, as the reference has it. */
export async function packingReport(
  place: Place,
  settings: BenchSettings,
  size: string,
  config: ModelConfig,
) {
  const { batch, seed, format } = settings;
  const { vocabSize } = decoderSpecFrom(config);
  const task = (layout: Layout): TrainingTask => ({
    ...{ kind: 'training', peer: 'lab' },
    ...{ config, batch, layout, format, seed },
  });
  const tokens = (layout: Layout) => {
    const { promptTokens, answerTokens } = softBatch(batch, vocabSize, seed, layout);
    return promptTokens + answerTokens;
  };
  const tasks = { merged: task('merged'), paths: task('paths') };
  const { merged, paths } = await finished(place, tasks, settings);
  checkAgreement({ merged, paths });
  return {
    size,
    paths_per_prompt: batch.paths,
    tokens: { merged: tokens('merged'), row_per_path: tokens('paths') },
    step_seconds: { merged: spread(merged), row_per_path: spread(paths) },
    share_of_tokens: tokens('merged') / tokens('paths'),
    share_of_time: spread(merged).median / spread(paths).median,
  };
}

/** Rows that pass the model together where every answer is one: the quickest of them counts. */
const ROWS_TOGETHER = [32, 64, 128] as const;

/**
 * Exact scores of the built-in model off the trie against a row per answer. Rows are timed on answers
 * drawn at random, prompt by prompt, and the time is scaled to all.
 */
export async function scoringReport(place: Place, settings: BenchSettings) {
  const all = selectedPrompts().length;
  const count = Math.min(settings.scoredPrompts, all);
  const prompts = Array.from({ length: count }, (_, i) => Math.floor((i * all) / count));
  const task = (method: ScoringTask['method'], rows: number): ScoringTask => ({
    ...{ kind: 'scoring', method, prompts, rows },
    ...{ answers: settings.scoredAnswers, seed: settings.seed },
  });
  const rowTasks = ROWS_TOGETHER.map(
    (rows) => [`${rows} rows together`, task('row per answer', rows)] as const,
  );
  const tasks: Record<string, BenchTask> = {
    trie: task('trie', 1),
    ...Object.fromEntries(rowTasks),
  };
  const series = await finished(place, tasks, { ...settings, warmUp: 1 });
  checkAgreement(series);
  const { trie, ...rows } = Object.fromEntries(
    Object.entries(series).map(([name, { timed }]) => [
      name,
      spreadOf(timed.map(({ scored }) => scored!.seconds)),
    ]),
  );
  const [best, quickest] = Object.entries(rows).reduce((a, b) =>
    b[1].median < a[1].median ? b : a,
  );
  const [{ scored: off }, { scored: alone }] = [series['trie']!.timed[0]!, series[best]!.timed[0]!];
  return {
    prompts: count,
    of: all,
    answers: off!.answers,
    answers_timed_as_rows: alone!.drawn,
    tokens: { trie: off!.tokens, row_per_answer: alone!.tokens },
    seconds: { trie: trie!, row_per_answer: quickest },
    // Scaled from the answers that were timed to all of them.
    row_seconds_by_batch: Object.fromEntries(
      Object.entries(rows).map(([name, { median }]) => [name, median]),
    ),
    share_of_time: trie!.median / quickest.median,
    times_as_fast: timesAsFast(series['trie']!, series[best]!),
  };
}

/** Round by round, since a machine's moods meet both. */
function timesAsFast(trie: Measurements, rows: Measurements): Spread {
  return spreadOf(
    rows.timed.map(({ scored }, i) => scored!.seconds / trie.timed[i]!.scored!.seconds),
  );
}

/** Answers sampled together against independent generations of the built-in model. */
export async function samplingReport(place: Place, settings: BenchSettings) {
  const { answers, generations, seed } = settings;
  const task = (method: DrawingTask['method'], n: number): DrawingTask => ({
    kind: 'sampling',
    method,
    answers: n,
    seed,
  });
  const tasks = { together: task('together', answers), apart: task('one by one', generations) };
  const { together, apart } = await finished(place, tasks, { ...settings, warmUp: 1, runs: 1 });
  const seconds = (series: Measurements, n: number) => (spread(series).median * answers) / n;
  const [ours, theirs] = [seconds(together, answers), seconds(apart, generations)];
  return {
    answers,
    generations_measured: generations,
    seconds: { together: ours, one_by_one: theirs },
    tokens_per_second: { together: tokenRate(together), one_by_one: tokenRate(apart) },
    share_of_time: ours / theirs,
    same_distribution: sameDistribution(together.timed[0]!.counts!, apart.timed[0]!.counts!),
  };
}

/** Tokens of the answers of a run, shared or not, each second; those that end answers are not counted. */
function tokenRate({ timed: [run] }: Measurements): number {
  const tokens = Object.entries(run!.counts!).reduce(
    (sum, [answer, count]) => sum + count * answer.split(' ').length,
    0,
  );
  return tokens / run!.seconds;
}

const spread = ({ timed }: Measurements) => spreadOf(timed.map(({ seconds }) => seconds));

/** @throws Error if one of the tasks fails */
async function finished<Name extends string>(
  place: Place,
  tasks: Readonly<Record<Name, BenchTask>>,
  options: SeriesOptions,
): Promise<Record<Name, Measurements>> {
  const series = await runSeries(place, tasks, options);
  for (const [name, one] of Object.entries<(typeof series)[Name]>(series)) {
    if ('failed' in one) throw new Error(`${name}: ${one.failed}`);
  }
  return series as Record<Name, Measurements>;
}
