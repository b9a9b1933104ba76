// `lab study`: a whole experiment from a configuration file, kept resumable in its folder.
import { basename } from 'node:path';
import { InputError } from '../../src/core/errors.ts';
import type { StudyEvent } from '../../src/lab/events.ts';
import type { Experiment } from '../../src/lab/experiment/experiment.ts';
import type { Results } from '../../src/lab/results/results.ts';
import { SeriesClock } from '../../src/lab/study/series-clock.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { writeComparison } from '../comparison-folder.ts';
import { EXPERIMENT_OPTIONS, readExperiment } from '../experiment-options.ts';
import { readStudies } from '../finished-studies.ts';
import { runJobAt, workplace } from '../jobs.ts';
import { folderAt, makeRoom, placesOf } from '../studies.ts';
import { readConfig, type StudyFolder } from '../study-folder.ts';
import { reportProgress, toJson } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

export const command: Command = {
  usage: 'study --config FILE.json --out DIR | --resume DIR',
  description: [
    'Trains and scores every arm of an experiment (docs/configuration.md describes it;',
    '{} is a valid one) and writes results.json, results.csv, report.md with figures/,',
    'answers.json, config.json and adapters/NAME/ into DIR. answers.json has one prompt per family and',
    'split: its target and what every arm answers. With several seeds, each has these files in',
    'DIR/seed-N, and DIR has their comparison as lab compare writes it. Ctrl-C leaves a run that',
    '--resume DIR continues to the same results.',
  ].join('\n'),
  options: {
    ...EXPERIMENT_OPTIONS,
    resume: { value: 'DIR', help: 'continue the run that was left in DIR' },
  },
  async run(args, terminal) {
    const { path, experiment } = await openRun(args);
    const controller = new AbortController();
    const stop = () => controller.abort(new Error(`interrupted; continue with --resume`));
    process.once('SIGINT', stop);
    try {
      await runStudies(path, experiment, args, terminal, controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      throw new Error(`interrupted; continue with: lab study --resume ${path}`, { cause: error });
    } finally {
      process.off('SIGINT', stop);
    }
  },
};

/** A new run, which has made room for itself, or the one to go on with. */
async function openRun(args: Arguments): Promise<{ path: string; experiment: Experiment }> {
  const path = args.text('resume');
  if (path === undefined) {
    const experiment = await readExperiment(args);
    const out = args.requiredText('out');
    await makeRoom(out, experiment);
    return { path: out, experiment };
  }
  const given = Object.keys(EXPERIMENT_OPTIONS).find((name) => args.text(name) !== undefined);
  if (given !== undefined) {
    throw new InputError(
      `--resume and --${given} are both given`,
      `leave out --${given}: the folder knows its experiment`,
      given,
    );
  }
  return { path, experiment: await readConfig(path) };
}

async function runStudies(
  path: string,
  experiment: Experiment,
  args: Arguments,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const places = placesOf(path, experiment);
  const clock = new SeriesClock();
  let ran = false;
  for (const [i, place] of places.entries()) {
    const folder = await folderAt(place);
    const which = places.length > 1 ? `seed ${place.experiment.seed}, ` : '';
    if (!folder) continue;
    ran = true;
    clock.begin(places.length - 1 - i, folder.checkpoint !== undefined);
    const results = await follow(folder, args, signal, (event) => {
      const line = progressLine(event, clock);
      if (line !== undefined) reportProgress(terminal, args, which + line);
    });
    clock.end();
    if (places.length > 1) continue;
    const summary = Object.entries(results.arms).map(([name, arm]) => [name, arm.summary]);
    return terminal.write(`${toJson({ out: path, summary: Object.fromEntries(summary) })}\n`);
  }
  if (places.length === 1 && !ran) {
    throw new InputError(
      `the study in ${path} is finished`,
      'start another with --config',
      'resume',
    );
  }
  await compareSeeds(path, places, terminal);
}

/** Runs one study to its end. */
async function follow(
  folder: StudyFolder,
  args: Arguments,
  signal: AbortSignal,
  onEvent: (event: StudyEvent) => void,
): Promise<Results> {
  const { experiment, checkpoint } = folder;
  await runJobAt(
    await workplace(args, experiment.model, embedderOf(experiment)),
    { kind: 'study', experiment, ...(checkpoint && { resume: checkpoint }) },
    async (event) => {
      await folder.add(event);
      onEvent(event);
    },
    signal,
  );
  return folder.finish();
}

/** The name of the model that embeds, where that is none of the words for other partitioners. */
function embedderOf({ evaluation: { novelty, partitioner } }: Experiment): string | undefined {
  return novelty && typeof partitioner === 'object' ? partitioner.model : undefined;
}

async function compareSeeds(
  path: string,
  places: readonly { readonly path: string }[],
  terminal: Terminal,
): Promise<void> {
  const runs = await readStudies(places.map((place) => place.path));
  const parts = runs.flatMap((run) => run.arms.map((arm) => ({ run, arm })));
  const title = `${basename(path)}, ${places.length} seeds`;
  const { columns } = await writeComparison(path, parts, { title });
  const counted = columns.map(({ label, parts: { length } }) => ({ label, runs: length }));
  await terminal.write(`${toJson({ out: path, columns: counted })}\n`);
}

function progressLine(event: StudyEvent, clock: SeriesClock): string | undefined {
  if (event.type !== 'phase') return undefined;
  const { phase, arm, done, total, unit } = event;
  const secondsLeft = clock.secondsLeft(event.secondsLeft);
  const left = secondsLeft === undefined ? '' : `, ${Math.ceil(secondsLeft)} s left`;
  return `${[phase, arm].filter(Boolean).join(' ')}: ${done} of ${total} ${unit}${left}`;
}
