// Low-rank adapters: W x becomes W x + scaling * B (A dropout(x)) on chosen projections.
import { InputError } from '../core/errors.ts';
import { randomStream } from '../core/random.ts';
import type { RandomStream } from '../core/random.ts';
import * as tf from '../tensor/tf.ts';
import { modulePath, projectionShape, projectionsOf } from './decoder-spec.ts';
import type { DecoderSpec, Projection } from './decoder-spec.ts';
import type { Parameters } from './parameters.ts';
import { loraScaling } from './peft.ts';
import type { AdapterFile, LoraPair } from './peft.ts';

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
    for (const part of projectionsOf(spec).filter((name) => config.targets.includes(name))) {
      const module = modulePath(spec, part, layer);
      const names = loraNames(module);
      const [out, inputs] = projectionShape(spec, part);
      const random = randomStream(seed, 'lora', module);
      const bound = 1 / Math.sqrt(inputs);
      const a = Float32Array.from(
        { length: config.rank * inputs },
        () => (2 * random.uniform() - 1) * bound,
      );
      parameters.set(names.a, tf.keep(tf.tensor2d(a, [config.rank, inputs])));
      parameters.set(names.b, tf.keep(tf.zeros([out, config.rank])));
    }
  }
  return { scaling: loraScaling(config.rank, config.alpha, false), parameters };
}

/** The projections that a PEFT-style list of module names means, e.g. `q_proj`. */
export function projectionsNamed(spec: DecoderSpec, names: readonly string[]): Projection[] {
  const nameOf = (part: Projection) => modulePath(spec, part).split('.').at(-1)!;
  const parts = projectionsOf(spec);
  const unknown = names.find((name) => !parts.some((part) => nameOf(part) === name));
  if (unknown !== undefined) {
    throw new InputError(
      `${JSON.stringify(unknown)} is not a projection of this model`,
      `Use some of ${parts.map(nameOf).join(', ')}.`,
      'training.lora.targets',
    );
  }
  return parts.filter((part) => names.includes(nameOf(part)));
}

/** An adapter read from PEFT files, on the present backend. */
export function loraFromFile({ scaling, rank, tensors }: AdapterFile): LoraAdapter {
  const parameters: Parameters = new Map();
  for (const [module, { a, b }] of tensors) {
    const names = loraNames(module);
    parameters.set(names.a, tf.keep(tf.tensor2d(a, [rank, a.length / rank])));
    parameters.set(names.b, tf.keep(tf.tensor2d(b, [b.length / rank, rank])));
  }
  return { scaling, parameters };
}

/** What PEFT files are written from. @param values of all adapter parameters, by name */
export function loraToFile(
  config: LoraConfig,
  values: ReadonlyMap<string, { readonly values: Float32Array }>,
): AdapterFile {
  const tensors = new Map<string, LoraPair>();
  for (const name of values.keys()) {
    const module = name.replace(/\.lora_[AB]\.weight$/, '');
    const names = loraNames(module);
    tensors.set(module, { a: values.get(names.a)!.values, b: values.get(names.b)!.values });
  }
  return {
    ...config,
    rankStabilised: false,
    scaling: loraScaling(config.rank, config.alpha, false),
    tensors,
  };
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
