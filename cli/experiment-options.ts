// The experiment that a command line describes: a configuration, and what its options change in it.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { InputError } from '../src/core/errors.ts';
import { resolveExperiment } from '../src/lab/experiment/experiment.ts';
import type { Experiment } from '../src/lab/experiment/experiment.ts';
import { readUserData, type UserData, type UserDataKind } from '../src/lab/experiment/user-data.ts';
import type { Arguments } from './arguments.ts';
import type { Option } from './options.ts';

/** Files of a user's own; each kind takes the place of the lab's. */
const FILES: Readonly<Record<UserDataKind, string>> = {
  open: 'prompts of open-ended generation: a JSON list or JSONL',
  novelty: "prompts of novelty: a JSON list, or NoveltyBench's JSONL",
  questions: 'multiple-choice or cloze questions, tinyBenchmarks-shaped JSONL',
  texts: 'texts for perplexity: plain text or JSONL',
};
const KINDS = Object.keys(FILES) as UserDataKind[];

export const EXPERIMENT_OPTIONS: Readonly<Record<string, Option>> = {
  config: { value: 'FILE.json', help: "the experiment, or its JSON itself, e.g. '{}'" },
  seeds: { value: 'N,N…', help: 'run it once from each of these seeds, and compare' },
  ...Object.fromEntries(
    KINDS.map((kind) => [kind, { value: 'FILE,FILE…', help: `${FILES[kind]} (.gz, too)` }]),
  ),
};

/** @throws InputError naming the option, the file or the field */
export async function readExperiment(args: Arguments): Promise<Experiment> {
  const json = await readConfiguration(args.requiredText('config'));
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return resolveExperiment(json); // says what it should be
  }
  const data = await readFiles(args);
  const experiment = resolveExperiment({ ...withoutSeeds(json, args), ...overrides(args) });
  if (Object.keys(data).length === 0) return experiment;
  const { evaluation } = experiment;
  return resolveExperiment({
    ...experiment,
    evaluation: { ...evaluation, data: { ...evaluation.data, ...data } },
  });
}

async function readConfiguration(source: string): Promise<unknown> {
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
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `the configuration is not JSON (${(error as Error).message})`,
      'correct the file',
      'config',
    );
  }
}

/** One seed on the command line takes the place of those in the configuration. */
function withoutSeeds(json: object, args: Arguments): object {
  if (args.text('seed') === undefined) return json;
  return { ...json, seeds: undefined };
}

function overrides(args: Arguments) {
  if (args.text('seed') !== undefined && args.text('seeds') !== undefined) {
    throw new InputError('--seed and --seeds are both given', 'keep one of them', 'seeds');
  }
  return {
    ...(args.text('model') !== undefined && { model: args.text('model') }),
    ...(args.text('seed') !== undefined && { seed: args.integer('seed', 11) }),
    ...(args.text('seeds') !== undefined && { seeds: args.numbers('seeds') }),
  };
}

async function readFiles(args: Arguments): Promise<UserData> {
  const data: UserData = {};
  for (const kind of KINDS) {
    const paths = args.text(kind)?.split(',') ?? [];
    if (paths.length === 0) continue;
    const files = paths.map(async (path) => ({
      name: basename(path),
      bytes: await readFile(path).catch((error: Error) => {
        throw new InputError(`${path} cannot be read (${error.message})`, 'give a file', kind);
      }),
    }));
    Object.assign(data, await readUserData(kind, await Promise.all(files)));
  }
  return data;
}
