// Weights and adapters made of nothing but a seed: every peer makes the same.
import { randomStream } from '../../src/core/random.ts';
import type { DecoderSpec, Projection } from '../../src/model/spec/decoder-spec.ts';
import { modulePath, projectionShape } from '../../src/model/spec/decoder-spec.ts';

/** Values of a tensor of the checkpoint, by its name. */
export type WeightSource = (name: string, shape: readonly number[]) => Float32Array;

/** A [rank, inputs] and B [outputs, rank] of one adapted module. */
export interface LoraValues {
  readonly a: Float32Array;
  readonly b: Float32Array;
}

export const LORA = { rank: 16, alpha: 32 } as const;
export const LORA_TARGETS: readonly Projection[] = ['q', 'k', 'v', 'o'];
/** What a file of such an adapter says of it. */
export const LORA_FILE = { ...LORA, rankStabilised: false, dropout: 0, targets: LORA_TARGETS };

/**
 * Matrices with variance 1 / columns, which keeps activations near 1 in any shape; norms near 1. Every
 * value is a bfloat16, so that peers with packed weights and peers without have the same model.
 */
export function randomWeights(seed: number): WeightSource {
  return (name, shape) => {
    const [mean, spread] = shape.length === 1 ? [1, 0.1] : [0, Math.sqrt(3 / shape[1]!)];
    const values = uniform(seed, ['weights', name], shape, mean, spread);
    const bits = new Uint32Array(values.buffer);
    bits.forEach((word, i) => (bits[i] = word & 0xffff0000));
    return values;
  };
}

/** By module path. B is not zero as in a fresh adapter, so that the first gradient reaches all of A. */
export function randomLora(spec: DecoderSpec, seed: number): Map<string, LoraValues> {
  const adapter = new Map<string, LoraValues>();
  for (let layer = 0; layer < spec.layers; layer++) {
    for (const part of LORA_TARGETS) {
      const module = modulePath(spec, part, layer);
      const [outputs, inputs] = projectionShape(spec, part);
      adapter.set(module, {
        a: uniform(seed, ['lora a', module], [LORA.rank, inputs], 0, 1 / Math.sqrt(inputs)),
        b: uniform(seed, ['lora b', module], [outputs, LORA.rank], 0, 0.02),
      });
    }
  }
  return adapter;
}

/** mean ± spread */
function uniform(
  seed: number,
  name: readonly string[],
  shape: readonly number[],
  mean: number,
  spread: number,
): Float32Array {
  const random = randomStream(seed, ...name);
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  const unit = spread / 2 ** 31;
  for (let i = 0; i < values.length; i++) values[i] = mean + unit * (random.bits() - 2 ** 31);
  return values;
}
