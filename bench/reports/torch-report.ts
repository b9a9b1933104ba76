// Steps and scores beside PyTorch's: a row per answer as in the reference procedure, and with shared prompts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mergePaths } from '../../src/core/targets/merge-paths.ts';
import { pack } from '../../src/model/decoder/pack.ts';
import { decoderSpecFrom } from '../../src/model/families/index.ts';
import { forwardFlops, stepFlops } from '../model/flops.ts';
import type { ModelConfig } from '../model/sizes.ts';
import { torchRows, scoredRowsOf, writeModel, writeTask } from '../peers/torch/folder.ts';
import { openTorch, torchVersions } from '../peers/torch/thread.ts';
import type { Place } from '../places/place.ts';
import { peakRate } from '../places/node/peak-rate.ts';
import { runSeries } from '../series/series.ts';
import type { Measurements } from '../series/series.ts';
import { spreadOf } from '../series/spread.ts';
import type { BenchSettings } from '../settings.ts';
import type { ExactScoreTask, TrainingTask } from '../tasks/task.ts';
import { scoredPrompt, softBatch } from '../workload/soft-batch.ts';

/** Losses of the same work may differ by so much of the lab's. */
const TOLERANCE = 1e-4;

const PROCEDURES = { torch_rows: 'row per answer', torch_shared_prompt: 'shared prompt' } as const;
type TorchName = keyof typeof PROCEDURES;
const NAMES = Object.keys(PROCEDURES) as TorchName[];

/** What is measured, on how many threads. */
interface Work {
  readonly task: TrainingTask | ExactScoreTask;
  readonly threads: number;
  /** Of the row. */
  readonly names: Readonly<Record<string, string | number>>;
  /** Of the lab, merged as it merges. */
  readonly flops: number;
}

/** One prompt and all of them, one answer and all of them, and a prompt's exact score, in every size. */
export async function torchReport(
  place: Place,
  settings: BenchSettings,
  python: string,
  versions: Readonly<Record<string, string>>,
) {
  const { seed, format } = settings;
  const rows = [];
  const known = { ...place.versions, ...versions, ...(await torchVersions(python)) };
  const peak = place.backend === 'wasm' ? await peakRate() : null;
  const folder = await mkdtemp(join(tmpdir(), 'lab-torch-'));
  try {
    for (const [size, config] of settings.sizes) {
      await writeModel(folder, { config, seed });
      for (const work of worksOf(settings, config)) {
        const { names, threads, flops } = work;
        const what = `${size}, ${Object.values(names).join(' x ')}, ${threads} threads`;
        const onProgress = (line: string) => settings.onProgress(`${what}: ${line}`);
        const places = sideBySide(place, python, folder, threads);
        const series = await measured(places, work, { ...settings, onProgress });
        const figures = figuresOf(series, what);
        const share = peak && flops / figures.lab_s / (peak * threads);
        rows.push({ size, ...names, weights: format, threads, ...figures, share_of_peak: share });
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const { backend, adapter } = place;
  const environment = { backend, adapter, versions: known };
  return { environment, seed, peak_flops_per_second: peak, rows };
}

function worksOf(settings: BenchSettings, config: ModelConfig): Work[] {
  const { batch, format, seed, parts, threads } = settings;
  const spec = decoderSpecFrom(config);
  const trains = [...new Set([1, batch.prompts])].flatMap((prompts) =>
    [...new Set([1, batch.paths])].map((paths) => {
      const size = { ...batch, prompts, paths };
      const task = { kind: 'training', peer: 'lab', layout: 'merged' } as const;
      const { examples, normalizer } = softBatch(size, spec.vocabSize, seed);
      return {
        task: { ...task, config, format, seed, batch: size },
        names: { part: 'train', prompts, answers: paths },
        flops: examples.reduce(
          (sum, example) => sum + stepFlops(spec, pack([example], normalizer, false).batch),
          0,
        ),
      };
    }),
  );
  const { promptTokens } = batch;
  const { prompt, answers } = scoredPrompt(promptTokens, spec.vocabSize, seed);
  const supervision = mergePaths(answers.map((tokens) => ({ tokens })));
  const score = {
    task: { kind: 'exact score', config, format, seed, promptTokens } as const,
    names: { part: 'score', prompts: 1, answers: answers.length },
    flops: forwardFlops(spec, pack([{ prompt, supervision }], 1, false).batch),
  };
  const works = [
    ...(parts.includes('train') ? trains : []),
    ...(parts.includes('score') ? [score] : []),
  ];
  return works.flatMap((work) => threads.map((count) => ({ ...work, threads: count })));
}

/** The lab's work at its place, PyTorch's in processes of their own. */
function sideBySide(
  place: Place,
  python: string,
  folder: string,
  threads: number,
): Pick<Place, 'open'> {
  return {
    async open(task, name) {
      if (name === 'lab') return place.open(task, name);
      const procedure = PROCEDURES[name as TorchName];
      const work = task as Work['task'];
      const trains = work.kind === 'training';
      const rows = trains ? torchRows(work) : scoredRowsOf(work);
      await writeTask(folder, { procedure, threads, rows, trains });
      return openTorch(python, folder);
    },
  };
}

type SideBySide = Record<'lab' | TorchName, Measurements>;

async function measured(
  places: Pick<Place, 'open'>,
  { task, threads }: Work,
  settings: BenchSettings,
): Promise<SideBySide> {
  const lab = task.kind === 'training' ? { ...task, threads } : task;
  const tasks = { lab, torch_rows: task, torch_shared_prompt: task };
  const series = await runSeries(places, tasks, settings);
  for (const [name, one] of Object.entries(series)) {
    if ('failed' in one) throw new Error(`${name}: ${one.failed}`);
  }
  return series as SideBySide;
}

/** @throws Error where losses differ: times of different work mean nothing */
function figuresOf(series: SideBySide, what: string) {
  const { lab } = series;
  const losses = ({ warmUp, timed }: Measurements) =>
    [...warmUp, ...timed].map(({ figure }) => figure);
  const own = losses(lab);
  const difference = Math.max(
    ...NAMES.flatMap((name) => losses(series[name]).map((loss, i) => Math.abs(loss / own[i]! - 1))),
  );
  if (!(difference <= TOLERANCE)) {
    throw new Error(`${what}: PyTorch's losses differ from the lab's by ${difference} of them`);
  }
  const seconds = (name: keyof SideBySide) =>
    spreadOf(series[name].timed.map((run) => run.seconds));
  const ratios = (name: TorchName) =>
    spreadOf(series[name].timed.map((run, i) => run.seconds / lab.timed[i]!.seconds));
  return {
    lab_s: seconds('lab').median,
    peers: {
      torch_rows_s: seconds('torch_rows').median,
      torch_shared_prompt_s: seconds('torch_shared_prompt').median,
    },
    // PyTorch's seconds over the lab's, of runs that took turns.
    ratio: ratios('torch_rows').median,
    ratios: {
      torch_rows: ratios('torch_rows'),
      torch_shared_prompt: ratios('torch_shared_prompt'),
    },
    loss_difference: difference,
  };
}
