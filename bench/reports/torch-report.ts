// A training step beside PyTorch's: a row per answer as in the reference procedure, and with shared prompts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rowsOf, writeModel, writeTask } from '../peers/torch/folder.ts';
import { openTorch, torchVersions } from '../peers/torch/thread.ts';
import type { Place } from '../places/place.ts';
import { runSeries } from '../series/series.ts';
import type { Series } from '../series/series.ts';
import { spreadOf } from '../series/spread.ts';
import type { BenchSettings } from '../settings.ts';
import type { TrainingTask } from '../tasks/task.ts';

/** Losses of the same step may differ by so much of the lab's. */
const TOLERANCE = 1e-4;

const PROCEDURES = { torch_rows: 'row per answer', torch_shared_prompt: 'shared prompt' } as const;
type TorchName = keyof typeof PROCEDURES;
const NAMES = Object.keys(PROCEDURES) as TorchName[];

/** One prompt and all of them, one answer and all of them, in every size. */
export async function torchReport(
  place: Place,
  settings: BenchSettings,
  python: string,
  versions: Readonly<Record<string, string>>,
) {
  const { batch, seed, format } = settings;
  const rows = [];
  const known = { ...place.versions, ...versions, ...(await torchVersions(python)) };
  const folder = await mkdtemp(join(tmpdir(), 'lab-torch-'));
  try {
    for (const [size, config] of settings.sizes) {
      await writeModel(folder, { config, seed });
      for (const prompts of new Set([1, batch.prompts])) {
        for (const [paths, threads] of shapes(batch.paths, settings.threads)) {
          const task: TrainingTask = {
            ...{ kind: 'training', peer: 'lab', layout: 'merged', config, format, seed },
            batch: { ...batch, prompts, paths },
            threads,
          };
          const what = `${size}, ${prompts} x ${paths}, ${threads} threads`;
          const onProgress = (line: string) => settings.onProgress(`${what}: ${line}`);
          const places = sideBySide(place, python, folder);
          const series = await measured(places, task, { ...settings, onProgress });
          rows.push({
            ...{ size, prompts, answers: paths, weights: format, threads },
            ...figuresOf(series, what),
          });
        }
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const { backend, adapter } = place;
  return { environment: { backend, adapter, versions: known }, seed, rows };
}

/** One answer and all of them, each by every number of threads. */
const shapes = (paths: number, threads: readonly number[]) =>
  [...new Set([1, paths])].flatMap((some) => threads.map((count) => [some, count] as const));

/** The lab's step at its place, PyTorch's in processes of their own. */
function sideBySide(place: Place, python: string, folder: string): Pick<Place, 'open'> {
  return {
    async open(task, name) {
      if (name === 'lab') return place.open(task, name);
      const procedure = PROCEDURES[name as TorchName];
      const { threads = 1, ...training } = task as TrainingTask;
      await writeTask(folder, { procedure, threads, rows: rowsOf(training) });
      return openTorch(python, folder);
    },
  };
}

type SideBySide = Record<'lab' | TorchName, Series>;

async function measured(
  places: Pick<Place, 'open'>,
  task: TrainingTask,
  settings: BenchSettings,
): Promise<SideBySide> {
  const tasks = { lab: task, torch_rows: task, torch_shared_prompt: task };
  const series = await runSeries(places, tasks, settings);
  for (const [name, one] of Object.entries(series)) {
    if ('failed' in one) throw new Error(`${name}: ${one.failed}`);
  }
  return series as SideBySide;
}

/** @throws Error where losses differ: times of different work mean nothing */
function figuresOf(series: SideBySide, what: string) {
  const { lab } = series;
  const losses = ({ warmUp, timed }: Series) => [...warmUp, ...timed].map(({ figure }) => figure);
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
