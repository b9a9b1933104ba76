// `lab study`: a whole experiment from a configuration file, kept resumable in its folder.
import { InputError } from '../../src/core/errors.ts';
import { METHODS } from '../../src/methods/index.ts';
import { embedderName } from '../../src/lab/experiment/embedder-name.ts';
import { defineCommand, type CommandOptions } from '../command.ts';
import { EXPERIMENT_OPTIONS, readExperiment } from '../experiment-options.ts';
import { workplace } from '../jobs.ts';
import { outFolder } from '../out-place.ts';
import { FolderLock } from '../folder-lock.ts';
import { makeRoom } from '../studies.ts';
import { readConfig } from '../study-config.ts';
import { runStudies, type Run } from '../study-runs.ts';

const OPTIONS = {
  ...EXPERIMENT_OPTIONS,
  out: outFolder('DIR', 'where the study goes'),
  resume: outFolder('DIR', 'continue the run that was left in DIR'),
};
type StudyOptions = CommandOptions<typeof OPTIONS>;

export const command = defineCommand({
  usage: '--config FILE.json --out DIR | --resume DIR',
  description: [
    'Trains and scores every arm of an experiment (docs/configuration.md describes it;',
    '{} is a valid one) and writes results.json, results.csv, report.md with figures/,',
    'answers.json, config.json and adapters/NAME/ into DIR. answers.json has one prompt per family and',
    'split: its target and what every arm answers. With several seeds, each has these files in',
    'DIR/seed-N, and DIR has their comparison as lab compare writes it. Ctrl-C leaves a run that',
    '--resume DIR continues to the same results.',
    '',
    'Methods of arms:',
    ...METHODS.map(({ key, note }) => `  ${key.padEnd(16)} ${note}`),
  ].join('\n'),
  options: OPTIONS,
  async run(options, terminal) {
    const { path, experiment } = await openRun(options);
    // What it needs is looked for before the folder is touched.
    const place = await workplace(
      { ...options, model: experiment.model },
      embedderName(experiment),
    );
    const lock = await FolderLock.take(path);
    const controller = new AbortController();
    const stop = () => controller.abort(new Error(`interrupted; continue with --resume`));
    process.once('SIGINT', stop);
    try {
      if (options.resume === undefined) await makeRoom(path, experiment);
      await runStudies({ path, experiment, place, lock }, options, terminal, controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) throw error;
      throw new Error(`interrupted; continue with: lab study --resume ${path}`, { cause: error });
    } finally {
      process.off('SIGINT', stop);
      lock.release();
    }
  },
});

/** A new run, or the one to go on with. */
async function openRun(options: StudyOptions): Promise<Pick<Run, 'path' | 'experiment'>> {
  const { resume: path, out } = options;
  if (path === undefined) {
    if (out === undefined) throw new InputError('--out is missing', 'add --out DIR', 'out');
    return { path: out, experiment: await readExperiment(options) };
  }
  const names = Object.keys(EXPERIMENT_OPTIONS) as (keyof typeof EXPERIMENT_OPTIONS)[];
  const given = out === undefined ? names.find((name) => options[name] !== undefined) : 'out';
  if (given !== undefined) {
    throw new InputError(
      `--resume and --${given} are both given`,
      `leave out --${given}: the folder knows its experiment`,
      given,
    );
  }
  return { path, experiment: await readConfig(path) };
}
