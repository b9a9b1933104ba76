// The step that all peers take: one model, one adapter, one packed batch, the same for everyone.
import { createDistribution } from '../src/core/distributions/create.ts';
import { randomStream } from '../src/core/random.ts';
import { buildTrie } from '../src/core/targets/build-trie.ts';
import { softTargets } from '../src/core/targets/node-targets.ts';
import { outputSpace } from '../src/core/targets/output-space.ts';
import { sampleAnswers } from '../src/core/targets/sample-answers.ts';
import type { DecoderSpec } from '../src/model/decoder-spec.ts';
import { weightShapes } from '../src/model/decoder-spec.ts';
import { decoderSpecFrom } from '../src/model/families/index.ts';
import type { Example } from '../src/model/pack.ts';

export interface SizeOptions {
  /** Prompts per step. */
  readonly prompts: number;
  readonly promptTokens: number;
  /** Sampled answers per prompt, merged into one trie. */
  readonly paths: number;
}

/** Values of a named tensor. */
export interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface StepProblem {
  readonly size: SizeName;
  readonly spec: DecoderSpec;
  /** By checkpoint name. */
  readonly weights: ReadonlyMap<string, Values>;
  readonly examples: readonly Example[];
  readonly normalizer: number;
  readonly learningRate: number;
}

export const LORA = {
  rank: 16,
  alpha: 32,
  dropout: 0,
  targets: ['q', 'k', 'v', 'o'],
} as const;
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
export const SEED = 11;

const shared = { model_type: 'llama', tie_word_embeddings: true, rms_norm_eps: 1e-5 };
const CONFIGS = {
  /** The built-in model's shape. */
  builtin: {
    model_type: 'qwen3',
    ...{ vocab_size: 512, hidden_size: 128, intermediate_size: 352, num_hidden_layers: 6 },
    ...{ num_attention_heads: 4, num_key_value_heads: 2, head_dim: 32 },
    ...{ tie_word_embeddings: true, rms_norm_eps: 1e-6, max_position_embeddings: 512 },
  },
  '15m': {
    ...shared,
    ...{ vocab_size: 32_000, hidden_size: 288, intermediate_size: 768, num_hidden_layers: 6 },
    ...{ num_attention_heads: 6, num_key_value_heads: 6, head_dim: 48 },
  },
  /** SmolLM2-135M's shape. */
  '135m': {
    ...shared,
    ...{ vocab_size: 49_152, hidden_size: 576, intermediate_size: 1536, num_hidden_layers: 30 },
    ...{ num_attention_heads: 9, num_key_value_heads: 3, head_dim: 64 },
  },
} as const;

export type SizeName = keyof typeof CONFIGS;
export const SIZES = Object.keys(CONFIGS) as SizeName[];

/** @param config of the built-in model where it is at hand: its real shape */
export function stepProblem(size: SizeName, options: SizeOptions, config?: unknown): StepProblem {
  const spec = decoderSpecFrom(size === 'builtin' && config ? config : CONFIGS[size]);
  const weights = new Map<string, Values>();
  for (const [name, shape] of weightShapes(spec)) {
    weights.set(name, { shape, values: noise(name, shape) });
  }
  const examples = examplesOf(spec, options);
  return {
    size,
    spec,
    weights,
    examples,
    normalizer: examples.reduce((sum, { supervision }) => sum + supervision.normalizer, 0),
    learningRate: 1e-3,
  };
}

/** Norm weights are 1; the others uniform with the deviation of a fresh model. */
function noise(name: string, shape: readonly number[]): Float32Array {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if (shape.length === 1) return values.fill(1);
  const scale = Math.sqrt(12 / shape[1]!);
  let word = randomStream(SEED, name).bits() | 1;
  for (let i = 0; i < values.length; i++) {
    // Marsaglia's xorshift: hundreds of millions of values in seconds.
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    values[i] = scale * ((word >>> 0) / 2 ** 32 - 0.5);
  }
  return values;
}

/** Normal distributions at two decimals, one token per character. */
function examplesOf(
  { vocabSize }: DecoderSpec,
  { prompts, promptTokens, paths }: SizeOptions,
): Example[] {
  const encode = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0) - 40);
  return Array.from({ length: prompts }, (_, i) => {
    const random = randomStream(SEED, 'prompt', i);
    const distribution = createDistribution('gaussian', { mu: i, sigma: 1 + i / 4 });
    const space = outputSpace(distribution, { decimals: 2 });
    const trie = buildTrie(space, encode, 0);
    return {
      prompt: Array.from({ length: promptTokens }, () => 64 + random.integer(vocabSize - 64)),
      supervision: softTargets(trie, sampleAnswers(space.probabilities, paths, random)),
    };
  });
}

/**
 * Floating-point operations of a step in products, where nothing is computed that nobody needs: the
 * frozen weights forward and for the gradient of their input (2 each per weight and token), the
 * branches three times, attention's scores and sums forward and twice backward, the head on the
 * outputs both ways. Recomputation does not count.
 */
export function stepFlops(
  { spec }: StepProblem,
  tokens: number,
  outputs: number,
  pairs: number,
): number {
  const { width, heads, kvHeads, headDim, layers, vocabSize, mlp } = spec;
  const attention = width * (2 * heads + 2 * kvHeads) * headDim;
  const frozen = attention + 3 * width * mlp.width;
  const branches = LORA.rank * (4 * width + (2 * heads + 2 * kvHeads) * headDim);
  const perToken = layers * (4 * frozen + 6 * branches);
  return (
    tokens * perToken + layers * pairs * heads * headDim * 12 + outputs * width * vocabSize * 4
  );
}
