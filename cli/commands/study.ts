// `lab study`: a whole experiment from a configuration file, kept resumable in its folder.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { InputError } from '../../src/core/errors.ts';
import type { StudyEvent } from '../../src/lab/events.ts';
import { resolveExperiment } from '../../src/lab/experiment/experiment.ts';
import type { Experiment } from '../../src/lab/experiment/experiment.ts';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { runJobAt, workplace } from '../jobs.ts';
import { StudyFolder } from '../study-folder.ts';
import { reportProgress, toJson } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';

export const command: Command = {
  usage: 'study --config FILE.json --out DIR | --resume DIR',
  description: [
    'Trains and scores every arm of an experiment (docs/configuration.md describes it;',
    '{} is a valid one) and writes results.json, results.csv, report.md with figures/,',
    'answers.json, config.json and adapters/NAME/ into DIR. answers.json has one prompt per family and',
    'split: its target and what every arm answers. Ctrl-C leaves a run that --resume DIR continues to',
    'the same results.',
  ].join('\n'),
  options: {
    config: { value: 'FILE.json', help: "the experiment, or its JSON itself, e.g. '{}'" },
    resume: { value: 'DIR', help: 'continue the run that was left in DIR' },
  },
  async run(args, terminal) {
    const folder = await openFolder(args);
    const controller = new AbortController();
    const stop = () => controller.abort(new Error(`interrupted; continue with --resume`));
    process.once('SIGINT', stop);
    try {
      await follow(folder, args, terminal, controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      throw new Error(`interrupted; continue with: lab study --resume ${folder.path}`, {
        cause: error,
      });
    } finally {
      process.off('SIGINT', stop);
    }
  },
};

/** The folder of a new study, or of the one to go on with. */
async function openFolder(args: Arguments): Promise<StudyFolder> {
  const resumed = args.text('resume');
  if (resumed !== undefined) {
    if (args.text('config') !== undefined) {
      throw new InputError(
        '--resume and --config are both given',
        'leave out --config: the folder knows its experiment',
        'config',
      );
    }
    return StudyFolder.open(resumed);
  }
  const experiment = await readExperiment(args);
  return StudyFolder.create(args.requiredText('out'), experiment);
}

async function readExperiment(args: Arguments): Promise<Experiment> {
  const source = args.requiredText('config');
  const inline = source.trimStart().startsWith('{') && !existsSync(source);
  const text = inline
    ? source
    : await readFile(source, 'utf8').catch((error: Error) => {
        throw new InputError(
          `${source} cannot be read (${error.message})`,
          'give a JSON file',
          'config',
        );
      });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `the configuration is not JSON (${(error as Error).message})`,
      'correct the file',
      'config',
    );
  }
  const overrides = {
    ...(args.text('model') !== undefined && { model: args.text('model') }),
    ...(args.text('seed') !== undefined && { seed: args.integer('seed', 11) }),
  };
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
  return resolveExperiment(isObject ? { ...(json as object), ...overrides } : json);
}

async function follow(
  folder: StudyFolder,
  args: Arguments,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const { experiment, checkpoint } = folder;
  await runJobAt(
    await workplace(args, experiment.model),
    { kind: 'study', experiment, ...(checkpoint && { resume: checkpoint }) },
    async (event) => {
      await folder.add(event);
      const line = progressLine(event);
      if (line !== undefined) reportProgress(terminal, args, line);
    },
    signal,
  );
  const results = await folder.finish();
  const summaries = Object.entries(results.arms).map(([name, { summary }]) => [name, summary]);
  await terminal.write(`${toJson({ out: folder.path, summary: Object.fromEntries(summaries) })}\n`);
}

function progressLine(event: StudyEvent): string | undefined {
  if (event.type !== 'phase') return undefined;
  const { phase, arm, done, total, unit, secondsLeft } = event;
  const left = secondsLeft === undefined ? '' : `, ${Math.ceil(secondsLeft)} s left`;
  return `${[phase, arm].filter(Boolean).join(' ')}: ${done} of ${total} ${unit}${left}`;
}
