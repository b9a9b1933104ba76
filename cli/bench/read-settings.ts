// The options of `lab bench`, checked.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../src/core/errors.ts';
import { configOfSize } from '../../bench/model/sizes.ts';
import type { ModelConfig } from '../../bench/model/sizes.ts';
import type { Arguments } from '../arguments.ts';
import { BUILTIN } from '../open-model.ts';
import type { CommandLine } from '../options.ts';
import type { Place } from './place.ts';
import { isSoftware } from './place.ts';
import { PARTS, PEERS } from './settings.ts';
import type { BenchSettings } from './settings.ts';

export const BENCH_OPTIONS: CommandLine['options'] = {
  only: { value: 'LIST', help: `some of ${PARTS.join(', ')} (default all)` },
  sizes: { value: 'LIST', help: 'models: tiny, builtin, 15m, 135m, 600m (default builtin)' },
  peers: { value: 'LIST', help: 'beside the lab: tfjs, jax (default both)' },
  steps: { value: 'N', help: 'timed runs of each (default 5)' },
  'warm-up': { value: 'N', help: 'runs before those (default 3)' },
  prompts: { value: 'N', help: 'prompts per training step (default 8)' },
  'prompt-tokens': { value: 'N', help: 'mean length of a prompt (default 40)' },
  paths: { value: 'N', help: 'sampled answers per prompt (default 16)' },
  weights: { value: 'f32|bf16', help: 'how the lab keeps matrices (default bf16 on webgpu)' },
  'product-size': { value: 'N', help: 'of matmul (default 512; 2048 on a real GPU)' },
  'scored-prompts': { value: 'N', help: 'of the 42, scored both ways (default 42)' },
  'scored-answers': { value: 'N', help: 'per prompt that get a row, drawn (default 128)' },
  answers: { value: 'N', help: 'sampled together (default 1000)' },
  generations: { value: 'N', help: 'made one by one (default 200)' },
  'memory-steps': { value: 'N', help: 'watched for their memory, batches varying (default 300)' },
  apart: { help: 'one peer after the other, not in turns: needs less memory' },
};

/** @throws InputError naming the option */
export async function readSettings(
  args: Arguments,
  onProgress: (line: string) => void,
): Promise<(place: Place) => BenchSettings> {
  const builtin = JSON.parse(await readFile(join(BUILTIN, 'config.json'), 'utf8')) as ModelConfig;
  const sizes = list(args, 'sizes') ?? ['builtin'];
  const others = known(args, 'peers', ['tfjs', 'jax'] as const) ?? ['tfjs', 'jax'];
  const settings = {
    parts: known(args, 'only', PARTS) ?? PARTS,
    sizes: new Map(sizes.map((name) => [name, configOfSize(name, builtin)])),
    peers: PEERS.filter((peer) => peer === 'lab' || others.includes(peer)),
    runs: atLeast(1, args, 'steps', 5),
    warmUp: atLeast(1, args, 'warm-up', 3),
    batch: {
      prompts: atLeast(1, args, 'prompts', 8),
      promptTokens: atLeast(1, args, 'prompt-tokens', 40),
      paths: atLeast(1, args, 'paths', 16),
    },
    scoredPrompts: atLeast(1, args, 'scored-prompts', 42),
    scoredAnswers: atLeast(1, args, 'scored-answers', 128),
    answers: atLeast(1, args, 'answers', 1000),
    generations: atLeast(1, args, 'generations', 200),
    memorySteps: atLeast(3, args, 'memory-steps', 300),
    apart: args.flag('apart'),
    seed: args.integer('seed', 11),
    onProgress,
  };
  const weights = ['f32', 'bf16'] as const;
  args.choice('weights', weights, 'f32');
  atLeast(1, args, 'product-size', 1);
  return (place) => ({
    ...settings,
    format: args.choice('weights', weights, place.backend === 'webgpu' ? 'bf16' : 'f32'),
    productSize: args.integer('product-size', isSoftware(place) ? 512 : 2048),
  });
}

function list(args: Arguments, option: string): string[] | undefined {
  return args
    .text(option)
    ?.split(',')
    .map((entry) => entry.trim());
}

function known<Name extends string>(
  args: Arguments,
  option: string,
  names: readonly Name[],
): Name[] | undefined {
  return list(args, option)?.map((entry) => {
    const found = names.find((name) => name === entry);
    if (found !== undefined) return found;
    throw new InputError(
      `--${option} has ${JSON.stringify(entry)}`,
      `use some of ${names.join(', ')}`,
      option,
    );
  });
}

function atLeast(least: number, args: Arguments, option: string, otherwise: number): number {
  const value = args.integer(option, otherwise);
  if (value >= least) return value;
  throw new InputError(`--${option} is ${value}`, `give at least ${least}`, option);
}
