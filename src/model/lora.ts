// Low-rank adapters: W x becomes W x + scaling * B (A dropout(x)) on chosen projections.
import { randomStream } from '../core/random.ts';
import type { RandomStream } from '../core/random.ts';
import * as tf from '../tensor/tf.ts';
import { modulePath, projectionShape, PROJECTIONS } from './decoder-spec.ts';
import type { DecoderSpec, Projection } from './decoder-spec.ts';
import type { Parameters } from './parameters.ts';

export interface LoraConfig {
  readonly rank: number;
  readonly alpha: number;
  /** Probability that an input of the adapter is dropped while training. */
  readonly dropout: number;
  readonly targets: readonly Projection[];
}

/** A LoRA adapter with its tensors. */
export interface LoraAdapter {
  /** alpha / rank, or alpha / sqrt(rank) for rank-stabilised adapters. */
  readonly scaling: number;
  /** `<module>.lora_A.weight` [rank, in] and `<module>.lora_B.weight` [out, rank]. */
  readonly parameters: Parameters;
}

export const loraNames = (module: string) => ({
  a: `${module}.lora_A.weight`,
  b: `${module}.lora_B.weight`,
});

/**
 * A fresh adapter that changes nothing yet: A uniform in ±1/sqrt(in) (PEFT's Kaiming-uniform with
 * a = sqrt(5)), B zero.
 */
export function createLora(spec: DecoderSpec, config: LoraConfig, seed: number): LoraAdapter {
  const parameters: Parameters = new Map();
  for (let layer = 0; layer < spec.layers; layer++) {
    for (const part of PROJECTIONS.filter((name) => config.targets.includes(name))) {
      const module = modulePath(spec, part, layer);
      const names = loraNames(module);
      const [out, inputs] = projectionShape(spec, part);
      const random = randomStream(seed, 'lora', module);
      const bound = 1 / Math.sqrt(inputs);
      const a = Float32Array.from(
        { length: config.rank * inputs },
        () => (2 * random.uniform() - 1) * bound,
      );
      parameters.set(names.a, tf.tensor2d(a, [config.rank, inputs]));
      parameters.set(names.b, tf.zeros([out, config.rank]));
    }
  }
  return { scaling: config.alpha / config.rank, parameters };
}

/** Draws inverted-dropout masks: 0 with probability `rate`, else 1 / (1 - rate). */
export class Dropout {
  readonly #random: RandomStream;
  readonly #threshold: number;
  readonly #kept: number;

  constructor(rate: number, random: RandomStream) {
    this.#random = random;
    // 16 random bits decide an entry, so the rate is exact to 2^-16, and the mask keeps the mean exact.
    this.#threshold = Math.round(rate * 65536);
    this.#kept = 1 / (1 - this.#threshold / 65536);
  }

  /** @returns [rows, width] */
  mask(rows: number, width: number): tf.Tensor2D {
    const values = new Float32Array(rows * width);
    for (let i = 0; i < values.length; i += 2) {
      const bits = this.#random.bits();
      values[i] = (bits & 0xffff) < this.#threshold ? 0 : this.#kept;
      if (i + 1 < values.length) values[i + 1] = bits >>> 16 < this.#threshold ? 0 : this.#kept;
    }
    return tf.tensor2d(values, [rows, width]);
  }
}
