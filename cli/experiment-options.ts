// The experiment that a command line describes: a configuration, and what its options change in it.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { InputError } from '../src/core/errors.ts';
import { OWN_DATA } from '../src/evaluation/names.ts';
import { resolveExperiment } from '../src/lab/experiment/experiment.ts';
import type { Experiment } from '../src/lab/experiment/experiment.ts';
import { readUserData, type UserData, type UserDataKind } from '../src/lab/experiment/user-data.ts';
import { WEIGHT_CHOICES } from '../src/model/weight-forms.ts';
import { seedKind, WEIGHTS } from './common-options.ts';
import { parseJson, readBytes, readJson } from './in-file.ts';
import { kinds, list, option, type Values } from './options.ts';

/** Files of a user's own, an option for each kind; each takes the place of the lab's. */
const files = (help: string) => list('FILE,FILE…', `${help} (.gz, too)`, kinds.some);
const FILES = Object.fromEntries(
  Object.entries(OWN_DATA).map(([kind, { help }]) => [kind, files(help)]),
) as Record<UserDataKind, ReturnType<typeof files>>;

/** What makes an experiment; a run that goes on has its own already. */
export const EXPERIMENT_OPTIONS = {
  config: option('FILE.json', "the experiment, or its JSON itself, e.g. '{}'", kinds.some),
  model: option('DIR|builtin', "a Hugging Face folder, in place of the experiment's", kinds.some),
  weights: option(
    WEIGHT_CHOICES.join('|'),
    "how matrices are kept, in place of the experiment's",
    WEIGHTS,
  ),
  seed: option('N', "where all randomness starts, in place of the experiment's", seedKind),
  seeds: list('N,N…', 'run it once from each of these seeds, and compare', seedKind),
  ...FILES,
};
type ExperimentValues = Values<typeof EXPERIMENT_OPTIONS>;

/** @throws InputError naming the option, the file or the field */
export async function readExperiment(options: ExperimentValues): Promise<Experiment> {
  const { config, model, weights, seed, seeds } = options;
  if (config === undefined) {
    throw new InputError('--config is missing', 'add --config and a value', 'config');
  }
  if (seed !== undefined && seeds !== undefined) {
    throw new InputError('--seed and --seeds are both given', 'keep one of them', 'seeds');
  }
  const json = await readConfiguration(config);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return resolveExperiment(json); // says what it should be
  }
  const data = await readFiles(options);
  const experiment = resolveExperiment({
    ...json,
    ...(model !== undefined && { model }),
    ...(weights !== undefined && { weights }),
    // One seed takes the place of those in the configuration.
    ...(seed !== undefined && { seed, seeds: undefined }),
    ...(seeds !== undefined && { seeds }),
  });
  if (Object.keys(data).length === 0) return experiment;
  const { evaluation } = experiment;
  return resolveExperiment({
    ...experiment,
    evaluation: { ...evaluation, data: { ...evaluation.data, ...data } },
  });
}

async function readConfiguration(source: string): Promise<unknown> {
  const text = source.trimStart(); // a byte order mark as well
  const inline = text.startsWith('{') && !existsSync(source);
  return inline ? parseJson(text, 'the configuration', 'config') : readJson(source, 'config');
}

async function readFiles(options: ExperimentValues): Promise<UserData> {
  const data: UserData = {};
  for (const kind of Object.keys(FILES) as UserDataKind[]) {
    const files = (options[kind] ?? []).map(async (path) => ({
      name: basename(path),
      bytes: await readBytes(path, kind),
    }));
    if (files.length > 0) Object.assign(data, await readUserData(kind, await Promise.all(files)));
  }
  return data;
}
