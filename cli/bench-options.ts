// The options of `lab bench`, and the settings that they make.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILTIN as BUILTIN_SIZE, configOfSize, SIZE_NAMES } from '../bench/model/sizes.ts';
import { InputError } from '../src/core/errors.ts';
import type { ModelConfig } from '../bench/model/sizes.ts';
import type { PeerBackend } from '../bench/peers/peer.ts';
import type { CommandOptions } from './command.ts';
import { BUILTIN } from './open-model.ts';
import { flag, kinds, list, option } from './options.ts';
import type { Place } from '../bench/places/place.ts';
import { computesOnProcessor } from '../bench/places/place.ts';
import { MOST_THREADS } from '../src/lab/study/lanes/thread-counts.ts';
import { PARTS, PEERS, TORCH_PARTS } from '../bench/settings.ts';
import type { BenchSettings } from '../bench/settings.ts';

const OTHERS = ['tfjs', 'jax'] as const;
/** A peer that is no library of this process, and so measured by itself. */
export const TORCH = 'torch';
/** Runs of any kind: a day of the quickest. */
const MOST_RUNS = 1_000_000;
/** Prompts, and answers to each: more of them than fit into memory. */
const MOST_ROWS = 4096;
/** The positions of the models that are measured. */
const MOST_TOKENS = 2048;
/** Two factors and their product take 3.2 GB: nearly all that WebAssembly can address. */
const MOST_COLUMNS = 16_384;

/** Of what is measured beside PyTorch. */
const TORCH_SIZES = [BUILTIN_SIZE, '15m', '135m'] as const;

const BACKENDS = ['wasm', 'webgpu'] as const satisfies readonly PeerBackend[];
const FORMATS = ['f32', 'bf16', 'int8', 'int4'] as const;

const count = (help: string, otherwise: number, to: number, from = 1) =>
  option('N', help, kinds.whole({ from, to }), otherwise);
const some = (help: string, names: readonly string[], otherwise: string) =>
  list('LIST', `${help}: ${names.join(', ')} (default ${otherwise})`, kinds.oneOf(names));

export const BENCH_OPTIONS = {
  backend: option<PeerBackend>(BACKENDS.join('|'), 'what computes', kinds.oneOf(BACKENDS), 'wasm'),
  only: list('LIST', `some of ${PARTS.join(', ')} (default all)`, kinds.oneOf(PARTS)),
  sizes: some('models', SIZE_NAMES, BUILTIN_SIZE),
  peers: some(
    'beside the lab (widened: its own weights as f32)',
    ['widened', ...OTHERS, TORCH],
    OTHERS.join(','),
  ),
  python: option('PATH', 'Python with PyTorch, for --peers torch', kinds.some, 'python3'),
  threads: list(
    'N,N…',
    'that compute a step, for --peers torch (default 1)',
    kinds.whole({ from: 1, to: MOST_THREADS }),
  ),
  steps: count('timed runs of each', 5, MOST_RUNS),
  'warm-up': count('runs before those', 3, MOST_RUNS),
  prompts: count('prompts per training step', 8, MOST_ROWS),
  'prompt-tokens': count('mean length of a prompt', 40, MOST_TOKENS),
  paths: count('sampled answers per prompt', 16, MOST_ROWS),
  weights: option(
    FORMATS.join('|'),
    'how the lab keeps matrices (default bf16 on webgpu)',
    kinds.oneOf(FORMATS),
  ),
  'product-size': option(
    'N',
    'of matmul (default 512; 2048 on a real GPU)',
    kinds.whole({ from: 1, to: MOST_COLUMNS }),
  ),
  'scored-prompts': count('of the 42, scored both ways', 42, 42),
  'scored-answers': count('per prompt that get a row, drawn', 128, MOST_ROWS),
  answers: count('sampled together', 1000, MOST_RUNS),
  generations: count('made one by one', 200, MOST_RUNS),
  'memory-steps': count('watched for their memory, batches varying', 300, MOST_RUNS, 3),
  apart: flag('one peer after the other, not in turns: needs less memory'),
};

export async function readSettings(
  options: CommandOptions<typeof BENCH_OPTIONS>,
  onProgress: (line: string) => void,
): Promise<(place: Place) => BenchSettings> {
  const builtin = JSON.parse(await readFile(join(BUILTIN, 'config.json'), 'utf8')) as ModelConfig;
  const { only, peers = OTHERS, weights } = options;
  const withTorch = peers.includes(TORCH);
  if (withTorch && (peers.length > 1 || only?.some((part) => !TORCH_PARTS.includes(part)))) {
    throw new InputError(
      '--peers torch is measured by itself.',
      `Give no other peers, and --only ${TORCH_PARTS.join(', ')}, or one of them.`,
    );
  }
  const { sizes = withTorch ? TORCH_SIZES : [BUILTIN_SIZE] } = options;
  const settings = {
    parts: only ?? PARTS,
    sizes: new Map(sizes.map((name) => [name, configOfSize(name, builtin)])),
    peers: PEERS.filter((peer) => peer === 'lab' || peers.includes(peer)),
    runs: options.steps,
    warmUp: options['warm-up'],
    batch: {
      prompts: options.prompts,
      promptTokens: options['prompt-tokens'],
      paths: options.paths,
    },
    scoredPrompts: options['scored-prompts'],
    scoredAnswers: options['scored-answers'],
    answers: options.answers,
    generations: options.generations,
    memorySteps: options['memory-steps'],
    apart: options.apart,
    threads: options.threads ?? [1],
    seed: options.seed,
    onProgress,
  };
  return (place) => ({
    ...settings,
    format: weights ?? (place.backend === 'webgpu' ? 'bf16' : 'f32'),
    productSize: options['product-size'] ?? (computesOnProcessor(place) ? 512 : 2048),
  });
}
